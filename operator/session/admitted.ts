import type { AnyObject } from "../../kube/object.ts";
import { fingerprint, isWithin } from "../resources/fingerprint.ts";

// Children of one kind that is changed at admission all differ in their names: one entry each.
const most = 30_000;

/**
 * What admission makes of children: a webhook that adds a middleware or a rule adds it again each time. What it adds is
 * accepted, as long as all that we want is there.
 */
export class Admitted {
  /** By the fingerprint of what was wanted, that of what the API server answered. */
  readonly #answers = new Map<string, string>();

  /** What an answer to a write had beyond what was written. */
  note(wanted: AnyObject, answer: AnyObject): void {
    const [said, found] = [fingerprint(wanted), fingerprint(answer)];
    this.#answers.delete(said);
    if (said === found || !isWithin(wanted, answer)) return;
    this.#answers.set(said, found);
    if (this.#answers.size <= most) return;
    for (const oldest of this.#answers.keys()) {
      this.#answers.delete(oldest);
      break;
    }
  }

  readonly isAdmitted = (wanted: string, found: string): boolean => this.#answers.get(wanted) === found;
}
