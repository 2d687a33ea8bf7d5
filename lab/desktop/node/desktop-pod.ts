import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { statusCode } from "../../../kube/client.ts";
import type { AnyObject, ClusterClient } from "../../../kube/client.ts";
import type { EventRecorder } from "../../simulators/events.ts";
import { ContainerRun, timestamp } from "./container-run.ts";
import { commandOf, environmentOf, secretsOf } from "./environment.ts";
import { mountsOf } from "./mounts.ts";
import type { PodNetwork } from "./pod-network.ts";
import type { Container, Pod } from "./pod-spec.ts";
import { podStatus } from "./pod-status.ts";

export interface NodeParts {
  readonly client: ClusterClient;
  readonly events: EventRecorder;
  readonly network: PodNetwork;
  /** The folder that stands for the image. */
  readonly files: string;
  /** Where pods and volumes have their folders. */
  readonly folder: string;
  readonly log: (line: string) => void;
}

/** One pod, from its first sight to its deletion. */
export class DesktopPod {
  #pod: Pod;
  readonly #parts: NodeParts;
  readonly #folder: string;
  readonly #runs: ContainerRun[];
  readonly #address: string;
  readonly #startTime = timestamp();
  #isOver = false;
  #isEnding = false;
  #written: Promise<void> = Promise.resolve();
  #isDirty = false;

  constructor(pod: Pod, parts: NodeParts) {
    this.#pod = pod;
    this.#parts = parts;
    this.#folder = join(parts.folder, "pods", pod.metadata.uid);
    this.#address = parts.network.take(pod.metadata.uid, pod.status?.podIP);
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const { initContainers = [], containers } = pod.spec;
    this.#runs = [
      ...initContainers.map((container) => this.#runOf(container, true)),
      ...containers.map((container) => this.#runOf(container, false)),
    ];
  }

  /** Starts its containers: init containers one after the other, then the others. */
  async start(): Promise<void> {
    this.#publish();
    for (const run of this.#runs.filter(({ state }) => state.isInit)) {
      await run.run();
      if (this.#isEnding) return;
    }
    for (const run of this.#runs.filter(({ state }) => !state.isInit)) void run.run();
  }

  /** What the API server has now. A pod that is to go is ended, in its own time. */
  follow(pod: Pod): void {
    this.#pod = pod;
    if (pod.metadata.deletionTimestamp !== undefined && !this.#isEnding) void this.#end();
  }

  /** Ends its processes at once: the API server has it no more. */
  async discard(): Promise<void> {
    this.#isEnding = true;
    await Promise.all(this.#runs.map((run) => run.stop(0)));
    this.#clear();
  }

  async #end(): Promise<void> {
    this.#isEnding = true;
    const { metadata } = this.#pod;
    const graceMs = (metadata.deletionGracePeriodSeconds ?? 30) * 1000;
    // Sidecars end after what they are beside.
    await Promise.all(this.#runs.filter(({ state }) => !state.isInit).map((run) => run.stop(graceMs)));
    await Promise.all(this.#runs.filter(({ state }) => state.isInit).map((run) => run.stop(2_000)));
    this.#isOver = true;
    this.#publish();
    await this.#written;
    const { uid } = metadata;
    const key = { apiVersion: "v1", kind: "Pod", metadata };
    await this.#parts.client.delete(key, "Background", { gracePeriodSeconds: 0, uid }).catch((error: unknown) => {
      if (statusCode(error) !== 409) this.#parts.log(`${metadata.name} could not be let go: ${String(error)}`);
    });
    this.#clear();
  }

  #clear(): void {
    this.#parts.network.release(this.#pod.metadata.uid);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #runOf(container: Container, isInit: boolean): ContainerRun {
    const before = this.#pod.status?.containerStatuses?.find(({ name }) => name === container.name);
    // It ran before this process: what it was then has ended.
    const restarts = before && this.#pod.status?.phase === "Running" ? before.restartCount + 1 : 0;
    return new ContainerRun({
      ...{ container, isInit, restarts, podFolder: this.#folder, address: this.#address },
      prepare: () => this.#prepare(container, isInit),
      onChange: () => this.#publish(),
      onEvent: (type, reason, message) => {
        const about: AnyObject = { apiVersion: "v1", kind: "Pod", metadata: this.#pod.metadata };
        void this.#parts.events.record(about, { type, reason, message }).catch(() => undefined);
      },
    });
  }

  async #prepare(container: Container, isInit: boolean) {
    const { files, network } = this.#parts;
    const volumes = this.#pod.spec.volumes ?? [];
    const claims = new Map<string, string>();
    for (const { name, persistentVolumeClaim, secret, emptyDir } of volumes) {
      if (!container.volumeMounts?.some((mount) => mount.name === name)) continue;
      if (persistentVolumeClaim) claims.set(persistentVolumeClaim.claimName, await this.#home(persistentVolumeClaim));
      else if (emptyDir?.medium !== "Memory") await this.#fill(join(this.#folder, "volumes", name), secret);
    }
    const secrets = new Map<string, Record<string, string>>();
    for (const name of secretsOf(container)) {
      const secret = await this.#secret(name);
      if (secret) secrets.set(name, secret);
    }
    return {
      start: {
        files,
        hostname: this.#pod.metadata.name,
        command: commandOf(container),
        environment: environmentOf(this.#pod, container, secrets, this.#address),
        ...(!isInit && { network: network.cable(this.#address) }),
      },
      mounts: mountsOf(container, volumes, { pod: this.#folder, claims }),
    };
  }

  /** A home outlives its pods: it is found by its volume. */
  async #home({ claimName }: { claimName: string }): Promise<string> {
    const { namespace } = this.#pod.metadata;
    const key = { apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { namespace, name: claimName } };
    const claim = await this.#parts.client.get(key);
    const { volumeName } = (claim?.spec ?? {}) as { volumeName?: string };
    if (volumeName === undefined) throw new Error(`persistentvolumeclaim "${claimName}" not bound`);
    const folder = join(this.#parts.folder, "volumes", volumeName);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return folder;
  }

  async #fill(
    folder: string,
    secret: { secretName: string; items?: { key: string; path: string }[] } | undefined,
  ): Promise<void> {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (!secret) return;
    const content = await this.#secret(secret.secretName);
    if (!content) throw new Error(`secret "${secret.secretName}" not found`);
    const items = secret.items ?? Object.keys(content).map((key) => ({ key, path: key }));
    for (const { key, path } of items) writeFileSync(join(folder, path), content[key] ?? "", { mode: 0o600 });
  }

  async #secret(name: string): Promise<Record<string, string> | undefined> {
    const { namespace } = this.#pod.metadata;
    const found = await this.#parts.client.get({ apiVersion: "v1", kind: "Secret", metadata: { namespace, name } });
    if (!found) return undefined;
    const data = Object.entries((found["data"] ?? {}) as Record<string, string>);
    return Object.fromEntries(data.map(([key, value]) => [key, Buffer.from(value, "base64").toString("utf8")]));
  }

  /** Writes the status soon: what changes meanwhile goes along. */
  #publish(): void {
    if (this.#isDirty) return;
    this.#isDirty = true;
    this.#written = this.#written.then(async () => {
      this.#isDirty = false;
      await this.#write();
    });
  }

  async #write(): Promise<void> {
    const { name, namespace, uid } = this.#pod.metadata;
    const facts = {
      ...{ states: this.#runs.map(({ state }) => state), podIp: this.#address, startTime: this.#startTime },
      ...{ hostIp: this.#parts.network.hostAddress, isOver: this.#isOver },
    };
    const status = podStatus(this.#pod, facts, timestamp());
    try {
      const patch = { apiVersion: "v1", kind: "Pod", metadata: { name, namespace, uid }, status };
      this.#pod = (await this.#parts.client.mergePatchStatus(patch, "kubelet")) as Pod;
    } catch (error) {
      const code = statusCode(error);
      if (code === 404 || code === 409) return;
      this.#parts.log(`status of ${name} could not be written: ${String(error)}`);
      setTimeout(() => this.#publish(), 1_000).unref();
    }
  }
}
