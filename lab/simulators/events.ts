import { randomBytes } from "node:crypto";
import type { AnyObject, ClusterClient } from "../../kube/client.ts";

export interface EventText {
  type: "Normal" | "Warning";
  reason: string;
  message: string;
}

// A kubelet or provisioner that keeps failing says so again and again, with counts; once in this time is enough here.
const repeatMs = 60_000;

/** Writes events about objects on behalf of one component, not the same one twice within a minute. */
export class EventRecorder {
  readonly #client: ClusterClient;
  readonly #component: string;
  readonly #written = new Map<string, number>();

  constructor(client: ClusterClient, component: string) {
    this.#client = client;
    this.#component = component;
  }

  async record(about: AnyObject, { type, reason, message }: EventText): Promise<void> {
    const key = `${about.metadata?.uid ?? ""} ${reason} ${message}`;
    const now = Date.now();
    for (const [old, at] of this.#written) if (now - at > repeatMs) this.#written.delete(old);
    if (this.#written.has(key)) return;
    this.#written.set(key, now);
    const name = about.metadata?.name ?? "";
    const namespace = about.metadata?.namespace ?? "default";
    const time = new Date(now).toISOString().replace(/\.\d+Z$/, "Z");
    await this.#client.create({
      apiVersion: "v1",
      kind: "Event",
      metadata: { name: `${name}.${randomBytes(8).toString("hex")}`, namespace },
      involvedObject: {
        apiVersion: about.apiVersion,
        kind: about.kind,
        name,
        namespace: about.metadata?.namespace,
        uid: about.metadata?.uid,
        resourceVersion: about.metadata?.resourceVersion,
      },
      type,
      reason,
      message,
      source: { component: this.#component },
      firstTimestamp: time,
      lastTimestamp: time,
      count: 1,
    });
  }
}
