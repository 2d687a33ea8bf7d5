import type { ClusterClient } from "../kube/client.ts";
import { Informer } from "../kube/informer.ts";
import { apiVersion } from "../operator/api/objects.ts";
import type { VDISession } from "../operator/api/objects.ts";
import type { Pod } from "../operator/kinds.ts";
import { spread } from "./statistics.ts";
import type { Spread } from "./statistics.ts";

/** When one desktop came how far, in milliseconds of `performance.now()`, as watches told it. */
export interface Milestones {
  /** Its creation was sent off. */
  readonly asked: number;
  readonly podSeen?: number;
  readonly podBound?: number;
  readonly podReady?: number;
  /** Its session said so. */
  readonly ready?: number;
}

/** Where the time of starts went. */
export interface StartTimes {
  /** From the creation sent off to Ready seen. */
  readonly total: Spread;
  /** From the pod seen to its node seen: scheduler, and provisioner of the home. */
  readonly scheduling: Spread;
  /** From its node to its readiness: the simulated kubelet. */
  readonly kubelet: Spread;
  /** All the rest: what operator and API server take before there is a pod, and after it is ready. */
  readonly operator: Spread;
  readonly operatorBeforePod: Spread;
  readonly operatorAfterPod: Spread;
}

/** @param starts those that became ready */
export function startTimes(starts: readonly Required<Milestones>[]): StartTimes {
  const of = (measure: (start: Required<Milestones>) => number) => spread(starts.map(measure));
  return {
    total: of(({ asked, ready }) => ready - asked),
    scheduling: of(({ podSeen, podBound }) => podBound - podSeen),
    kubelet: of(({ podBound, podReady }) => podReady - podBound),
    operator: of(({ asked, podSeen, podReady, ready }) => podSeen - asked + (ready - podReady)),
    operatorBeforePod: of(({ asked, podSeen }) => podSeen - asked),
    operatorAfterPod: of(({ podReady, ready }) => ready - podReady),
  };
}

/** Follows sessions and pods of a namespace, and notes when each came how far. */
export class StartWatch {
  readonly #marks = new Map<string, { -readonly [Mark in keyof Milestones]: Milestones[Mark] }>();
  readonly #stop = new AbortController();
  readonly #sessions: Informer<VDISession>;
  readonly #pods: Informer<Pod>;
  readonly #running: Promise<unknown>;

  constructor(client: ClusterClient, namespace: string) {
    this.#sessions = new Informer<VDISession>(client, { apiVersion, kind: "VDISession", namespace });
    this.#pods = new Informer<Pod>(client, { apiVersion: "v1", kind: "Pod", namespace });
    const session = (it: VDISession) => {
      if (isReady(it)) this.#mark(it.metadata.name, "ready");
    };
    const pod = (it: Pod) => {
      const name = ownerName(it);
      this.#mark(name, "podSeen");
      if (it.spec?.nodeName !== undefined) this.#mark(name, "podBound");
      if (isReady(it)) this.#mark(name, "podReady");
    };
    this.#sessions.on({ add: session, update: session });
    this.#pods.on({ add: pod, update: pod });
    this.#running = Promise.all([this.#sessions.run(this.#stop.signal), this.#pods.run(this.#stop.signal)]);
  }

  get synced(): Promise<unknown> {
    return Promise.all([this.#sessions.synced, this.#pods.synced]);
  }

  /** Its creation goes off now. */
  asked(name: string): void {
    this.#marks.set(name, { asked: performance.now() });
  }

  /** How many have come so far. */
  count(mark: keyof Milestones): number {
    return this.marks.filter((it) => it[mark] !== undefined).length;
  }

  of(name: string): Milestones | undefined {
    return this.#marks.get(name);
  }

  get marks(): Milestones[] {
    return [...this.#marks.values()];
  }

  /** How many pods and sessions are there. */
  get left(): number {
    return this.#sessions.store.size + this.#pods.store.size;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  #mark(name: string, mark: keyof Milestones): void {
    const marks = this.#marks.get(name);
    if (marks) marks[mark] ??= performance.now();
  }
}

function isReady({ status }: { status?: { conditions?: { type: string; status: string }[] } }): boolean {
  return status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
}

/** The session that a pod is of; a pod made by hand goes by its own name. */
function ownerName({ metadata }: Pod): string {
  return metadata.ownerReferences?.find(({ controller }) => controller)?.name ?? metadata.name;
}
