import { setTimeout as delay } from "node:timers/promises";
import type { AnyObject, ClusterClient } from "../../../../kube/client.ts";
import { recentWarnings } from "../await/events.ts";
import { Observer } from "../await/observe.ts";
import { objectName } from "../await/readiness.ts";
import type { Readiness, ReadinessRule } from "../await/readiness.ts";
import { ruleForKind } from "../await/rules/table.ts";
import { manifestObjects } from "./manifest.ts";
import { readRevision } from "./record.ts";
import type { HelmRecord } from "./record.ts";

const lookEveryMs = 1000;
// What `helm --wait` itself waits for, and what a hook may be.
const waitedKinds = new Set(["DaemonSet", "Deployment", "Job", "PersistentVolumeClaim", "Pod", "StatefulSet"]);

interface Target {
  object: AnyObject;
  rule: ReadinessRule;
  observer: Observer;
  seen?: AnyObject;
  state: Readiness;
}

/** Looks at what one revision of a release brings up, while helm works on it. */
export class ReleaseProgress {
  readonly #client: ClusterClient;
  readonly #namespace: string;
  readonly #name: string;
  readonly #revision: number;
  #targets: Target[] | undefined;
  #hook = "";

  constructor(client: ClusterClient, namespace: string, name: string, revision: number) {
    this.#client = client;
    this.#namespace = namespace;
    this.#name = name;
    this.#revision = revision;
  }

  /** Tells `status` every second what the release waits for, until `signal`. Trouble with looking is no trouble for the release. */
  async follow(status: (message: string) => void, signal: AbortSignal): Promise<void> {
    let last = "";
    const pause = (): Promise<boolean> => delay(lookEveryMs, true, { signal }).catch(() => false);
    while (await pause()) {
      const message = await this.look().catch(() => undefined);
      if (message && message !== last) status(message);
      last = message ?? last;
    }
  }

  /** One line on what is not ready yet; undefined while there is nothing to tell. */
  async look(): Promise<string | undefined> {
    const record = await readRevision(this.#client, this.#namespace, this.#name, this.#revision);
    if (!record) return undefined;
    this.#hook = runningHook(record);
    this.#targets ??= this.#targetsOf(record);
    await Promise.all(this.#targets.filter(({ state }) => !state.done).map((target) => this.#observe(target)));
    const open = this.#targets.filter(({ state }) => !state.done);
    const [first] = open;
    const waiting = first && `${objectName(first.object)}: ${first.state.message ?? "not there yet"}`;
    const count = `${this.#targets.length - open.length}/${this.#targets.length} ready`;
    return [this.#hook, waiting && `${count}; ${waiting}`].filter(Boolean).join("; ") || undefined;
  }

  /** Why the release is not ready, for an error: one line for each object and cause, as of the last look or of a new one. */
  async reasons({ lookAgain }: { lookAgain: boolean }): Promise<string[]> {
    if (lookAgain) await this.look().catch(() => undefined);
    const open = (this.#targets ?? []).filter(({ state }) => !state.done);
    const lines = open.flatMap(({ object, state }) =>
      (state.reasons ?? [state.failed ?? state.message ?? "does not exist"]).map(
        (reason) => `${objectName(object)}: ${reason}`,
      ),
    );
    const seen = open.map((target) => target.seen).filter((one) => one !== undefined);
    return [...(this.#hook ? [this.#hook] : []), ...lines, ...(await recentWarnings(this.#client, seen))];
  }

  #targetsOf(record: HelmRecord): Target[] {
    return manifestObjects(record.manifest).flatMap((found) => {
      const rule = isWaitedFor(found) ? ruleForKind(found) : undefined;
      if (!rule) return [];
      const metadata = { ...found.metadata, namespace: found.metadata?.namespace ?? this.#namespace };
      const object: AnyObject = { apiVersion: found.apiVersion ?? "", kind: found.kind ?? "", metadata };
      return [{ object, rule, observer: new Observer(this.#client, rule, "create"), state: { done: false } }];
    });
  }

  async #observe(target: Target): Promise<void> {
    const { apiVersion = "", kind = "", metadata } = target.object;
    const key = { apiVersion, kind, metadata: { name: metadata?.name ?? "", namespace: metadata?.namespace ?? "" } };
    const live = await this.#client.get(key);
    if (!live) return;
    target.seen = { ...live, apiVersion, kind };
    target.state = target.rule.readiness(await target.observer.observe(target.seen));
  }
}

function isWaitedFor(object: AnyObject): boolean {
  if (object.kind === "Service") return (object["spec"] as { type?: string } | undefined)?.type === "LoadBalancer";
  return waitedKinds.has(object.kind ?? "");
}

function runningHook({ hooks = [] }: HelmRecord): string {
  // Other kinds are no sooner made than done, but helm records that only with the next change.
  const hook = hooks.find(
    ({ kind, last_run }) => /^(Job|Pod)$/.test(kind) && ["Running", "Failed"].includes(last_run?.phase ?? ""),
  );
  if (!hook) return "";
  const state = hook.last_run?.phase === "Failed" ? "failed" : "is running";
  return `${hook.events.join(", ")} hook ${hook.kind} ${hook.name} ${state}`;
}
