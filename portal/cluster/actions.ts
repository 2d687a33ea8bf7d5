import { randomInt } from "node:crypto";
import type { AnyObject, ClusterClient } from "../../kube/client.ts";
import type { Clock } from "../../kube/clock.ts";
import { ownValue } from "../../kube/own-value.ts";
import { apiVersion } from "../../operator/api/objects.ts";
import type { VDISession } from "../../operator/api/objects.ts";
import { apiTime, durationMs } from "../../operator/api/time.ts";
import { noSession, Refusal, refusalOf } from "../api/problem.ts";
import type { NewSession } from "../api/schemas.ts";
import { groupsFor, mayManage, mayStart } from "../rights/decide.ts";
import type { Person } from "../rights/person.ts";
import type { Knowledge } from "./knowledge.ts";
import type { SwitchedOff } from "./record.ts";
import { resumeOnceSuspended } from "./restart.ts";

/** What the API server calls the portal's changes. */
export const managerName = "kasm-portal";

export type Change = "suspend" | "resume" | "revoke";

/** Takes one line for each change that somebody made: who, and what with which session, template or other user. */
export type Audit = (
  line: { user: string; action: string } & ({ session: string } | { template: string } | { to: string }),
) => void;

export interface ActionsOptions {
  readonly client: Pick<ClusterClient, "create" | "mergePatch" | "delete">;
  readonly known: Knowledge;
  readonly off: () => SwitchedOff;
  readonly clock: Clock;
  readonly audit: Audit;
}

/**
 * What a person changes, each as one request to the API server. The portal's own rights would let it change every session, so who
 * may is decided here, by what the watch knows; the uid goes along, so that a session made anew for another is refused.
 */
export class Actions {
  readonly #options: ActionsOptions;

  constructor(options: ActionsOptions) {
    this.#options = options;
  }

  /** @throws Refusal 404 for a session that is not there, and alike for one of somebody else */
  find(person: Person, name: string): VDISession {
    const session = this.#options.known.session(name);
    if (!session || !mayManage(person, session)) throw noSession(name);
    return session;
  }

  /** @throws Refusal */
  async create(person: Person, asked: NewSession): Promise<VDISession> {
    const { known, client } = this.#options;
    const template = known.template(asked.template);
    // Neither is told which: names of templates for others are no business of hers.
    if (!template || !mayStart(person, template))
      throw new Refusal(404, `There is no template ${asked.template} that you may use.`);
    const off = ownValue(this.#options.off(), asked.template);
    if (off) throw new Refusal(409, `An administrator has switched this template off: ${off.reason}`);
    const groups = groupsFor(person, template);
    const name = asked.name ?? `${asked.template.slice(0, 40).replaceAll(".", "-")}-${letters(5)}`;
    const spec = {
      ...{ user: person.user, template: asked.template },
      ...(groups.length > 0 && { groups }),
      ...(asked.resources && { resources: asked.resources }),
      ...(asked.home && { persistence: asked.home }),
    };
    const session = { apiVersion, kind: "VDISession", metadata: { name, namespace: known.namespace }, spec };
    return this.#written(person, "create", name, () => client.create(session, { fieldManager: managerName }));
  }

  /** @throws Refusal */
  async change(person: Person, name: string, change: Change): Promise<VDISession> {
    const revokedBefore = apiTime(this.#options.clock.date());
    const spec = {
      suspend: { desiredState: "Suspended" },
      resume: { desiredState: "Running" },
      revoke: { access: { revokedBefore } },
    }[change];
    return this.#patch(person, name, change, spec);
  }

  /** Suspends a desktop, and starts it again when it has ended, if this process lives that long. @throws Refusal */
  async restart(person: Person, name: string): Promise<VDISession> {
    const { known, clock } = this.#options;
    const suspended = await this.change(person, name, "suspend");
    const { uid } = suspended.metadata;
    void resumeOnceSuspended({
      look: () => {
        const found = known.session(name);
        return found?.metadata.uid === uid ? found : undefined;
      },
      resume: () => this.change(person, name, "resume"),
      clock,
    });
    return suspended;
  }

  /** Nobody is connected, and somebody is there all the same. @throws Refusal */
  async stay(person: Person, name: string): Promise<VDISession> {
    if (!this.find(person, name).spec.idle) throw new Refusal(409, "This desktop is never idle.");
    return this.#patch(person, name, "stay", { idle: { presentAt: apiTime(this.#options.clock.date()) } });
  }

  /** The session lives so much longer than it would have. @throws Refusal */
  async extend(person: Person, name: string, minutes: number): Promise<VDISession> {
    const { spec } = this.find(person, name);
    const timeout = `${Math.ceil(durationMs(spec.timeout) / 60_000) + minutes}m`;
    return this.#patch(person, name, "extend", { timeout });
  }

  /** @throws Refusal */
  async delete(person: Person, name: string): Promise<void> {
    const { client, audit } = this.#options;
    const { metadata } = this.find(person, name);
    const key = { apiVersion, kind: "VDISession", metadata: { name, namespace: metadata.namespace ?? "" } };
    const precondition = metadata.uid === undefined ? {} : { uid: metadata.uid };
    await client.delete(key, "Background", precondition).catch((error: unknown) => {
      throw refusalOf(error);
    });
    audit({ user: person.user, action: "delete", session: name });
  }

  #patch(person: Person, name: string, action: string, spec: object): Promise<VDISession> {
    const { namespace, uid } = this.find(person, name).metadata;
    const metadata = { name, ...(namespace !== undefined && { namespace }), ...(uid !== undefined && { uid }) };
    return this.#written(person, action, name, () =>
      this.#options.client.mergePatch({ apiVersion, kind: "VDISession", metadata, spec }, managerName),
    );
  }

  async #written(person: Person, action: string, name: string, write: () => Promise<AnyObject>): Promise<VDISession> {
    const { known, audit } = this.#options;
    const written = await write().catch((error: unknown) => {
      throw refusalOf(error);
    });
    // Who looks next sees it, whatever the watch does.
    known.sessions.observe(written);
    audit({ user: person.user, action, session: name });
    return written as unknown as VDISession;
  }
}

const alphabet = "bcdfghjkmnpqrstvwxz23456789";

function letters(count: number): string {
  return Array.from({ length: count }, () => alphabet[randomInt(alphabet.length)]).join("");
}
