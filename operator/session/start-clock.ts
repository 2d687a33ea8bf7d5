import type { Clock } from "../../kube/clock.ts";
import type { VDISession } from "../api/objects.ts";
import type { DesktopMetrics } from "../metrics.ts";
import type { SessionView } from "../view/session-view.ts";

/**
 * How long desktops take to start, for the metrics: from when a session without a pod was first seen. Times in objects
 * have whole seconds, and warm starts take a tenth of one. A start that another process began is not counted.
 */
export class StartClock {
  readonly #clock: Clock;
  readonly #begunMs = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  observe({ session, pod }: SessionView): void {
    const uid = session.metadata.uid ?? "";
    if (session.spec.desiredState === "Suspended") this.#begunMs.delete(uid);
    else if (!pod && !this.#begunMs.has(uid)) this.#begunMs.set(uid, this.#clock.now());
  }

  report({ session }: SessionView, status: NonNullable<VDISession["status"]>, metrics: DesktopMetrics): void {
    const uid = session.metadata.uid ?? "";
    const begunMs = this.#begunMs.get(uid);
    if (begunMs === undefined || status.phase !== "Running") return;
    this.#begunMs.delete(uid);
    const seconds = (this.#clock.now() - begunMs) / 1000;
    metrics.started({ launch: status.launch ?? "Cold", template: session.spec.template, seconds });
  }

  forget({ metadata }: VDISession): void {
    this.#begunMs.delete(metadata.uid ?? "");
  }
}
