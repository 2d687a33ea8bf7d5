import type { Node, PersistentVolumeClaim, Pod } from "../kube/kinds.ts";
import type { AnyObject, KubeObject } from "../kube/object.ts";
import { eventsAbout } from "./events.ts";
import type { EventRecord } from "./events.ts";
import type { ObjectRef } from "./finding.ts";
import type { ProbeResult, Snapshot } from "./snapshot.ts";

/** A snapshot, as analyzers ask it: by kind, name, namespace, owner and label. */
export class Cluster {
  readonly snapshot: Snapshot;
  /** When the snapshot was taken, in ms since 1970. */
  readonly now: number;
  readonly #byKey = new Map<string, AnyObject>();
  readonly #events: Map<string, EventRecord[]>;
  readonly #podsByNamespace: Map<string, Pod[]>;

  constructor(snapshot: Snapshot) {
    this.snapshot = snapshot;
    this.now = Date.parse(snapshot.takenAt);
    for (const kind of Object.keys(snapshot.objects))
      for (const object of this.all(kind)) this.#byKey.set(keyOf(kind, object.metadata ?? {}), object);
    this.#events = eventsAbout(this.all("Event"));
    this.#podsByNamespace = Map.groupBy(this.pods, ({ metadata }) => metadata.namespace ?? "");
  }

  /** Whether the kind could be read. */
  isSeen(kind: string): boolean {
    return "seen" in (this.snapshot.objects[kind] ?? {});
  }

  /** Why the kind could not be read; undefined where it could. */
  unseen(kind: string): string | undefined {
    const part = this.snapshot.objects[kind];
    return part === undefined ? "not collected" : "unseen" in part ? part.unseen : undefined;
  }

  /** Whether the API server has the kind at all. */
  isServed(kind: string): boolean {
    return this.isSeen(kind) && !(this.snapshot.missingKinds ?? []).includes(kind);
  }

  /** All objects of a kind; none where it could not be read. */
  all(kind: string): readonly AnyObject[] {
    const part = this.snapshot.objects[kind];
    return part && "seen" in part ? part.seen : [];
  }

  get pods(): readonly Pod[] {
    return this.all("Pod") as readonly Pod[];
  }

  get nodes(): readonly Node[] {
    return this.all("Node") as readonly Node[];
  }

  get claims(): readonly PersistentVolumeClaim[] {
    return this.all("PersistentVolumeClaim") as readonly PersistentVolumeClaim[];
  }

  get(kind: string, name: string, namespace?: string): AnyObject | undefined {
    return this.#byKey.get(keyOf(kind, { name, ...(namespace !== undefined && { namespace }) }));
  }

  find({ kind, name, namespace }: ObjectRef): AnyObject | undefined {
    return this.get(kind, name, namespace);
  }

  /** Whether an object is known not to be there: its kind was read, and it was not among them. */
  isMissing(kind: string, name: string, namespace?: string): boolean {
    return this.isSeen(kind) && this.get(kind, name, namespace) === undefined;
  }

  /** What was said about an object, oldest first. */
  eventsOf({ kind = "", metadata }: KubeObject): readonly EventRecord[] {
    const { uid } = metadata ?? {};
    const all = this.#events.get(keyOf(kind, metadata ?? {})) ?? [];
    // An event may be of an earlier object of the same name.
    return all.filter((event) => !uid || !event.uid || event.uid === uid);
  }

  /** All that was said, by what it is about: `Pod kasm/x`. */
  get eventsByObject(): ReadonlyMap<string, readonly EventRecord[]> {
    return this.#events;
  }

  /** Pods of a namespace that carry all of these labels. */
  podsMatching(namespace: string, labels: Readonly<Record<string, string>>): Pod[] {
    const wanted = Object.entries(labels);
    return (this.#podsByNamespace.get(namespace) ?? []).filter(({ metadata }) =>
      wanted.every(([key, value]) => metadata.labels?.[key] === value),
    );
  }

  /** The end of a container's log; undefined where it was not read. */
  log(pod: KubeObject, container: string, previous = false): string | undefined {
    const { name, namespace } = pod.metadata ?? {};
    return this.snapshot.logs.find(
      (it) => it.pod === name && it.namespace === namespace && it.container === container && it.previous === previous,
    )?.text;
  }

  probes(name: string): readonly ProbeResult[] {
    return this.snapshot.probes.filter(({ probe }) => probe === name);
  }

  /** Whether a moment lies more than so many seconds before the snapshot; false for one that is not known. */
  isOlderThan(time: string | undefined, seconds: number): boolean {
    return time !== undefined && this.now - Date.parse(time) > seconds * 1_000;
  }
}

function keyOf(kind: string, { namespace, name }: { namespace?: string; name?: string }): string {
  return `${kind} ${namespace ?? ""}/${name ?? ""}`;
}
