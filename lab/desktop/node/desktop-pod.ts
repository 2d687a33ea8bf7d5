import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { statusCode } from "../../../kube/client.ts";
import type { AnyObject, ClusterClient } from "../../../kube/client.ts";
import { quantityValue } from "../../../kube/quantity.ts";
import type { EventRecorder } from "../../simulators/events.ts";
import { ContainerRun, timestamp } from "./container-run.ts";
import type { ContainerLimits } from "./container-process.ts";
import type { CpuGroups } from "./cpu-groups.ts";
import { commandOf, environmentOf, secretsOf } from "./environment.ts";
import { removeNetwork } from "./pod-network.ts";
import type { PodNetwork } from "./pod-network.ts";
import type { Container, Pod } from "./pod-spec.ts";
import { podStatus } from "./pod-status.ts";
import { PodVolumes } from "./pod-volumes.ts";

export interface NodeParts {
  readonly client: ClusterClient;
  readonly events: EventRecorder;
  readonly network: PodNetwork;
  /** Where limits of CPU can be set; undefined where they cannot. */
  readonly cpuGroups: CpuGroups | undefined;
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
  /** Where its network namespace is mounted. */
  readonly #network: string;
  readonly #volumes: PodVolumes;
  readonly #over = new AbortController();
  #isOver = false;
  #isEnding = false;
  #written: Promise<void> = Promise.resolve();
  #isDirty = false;

  constructor(pod: Pod, parts: NodeParts) {
    this.#pod = pod;
    this.#parts = parts;
    this.#folder = join(parts.folder, "pods", pod.metadata.uid);
    this.#address = parts.network.take(pod.metadata.uid, pod.status?.podIP);
    this.#network = join(this.#folder, "network");
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    this.#volumes = new PodVolumes({
      ...{ client: parts.client, pod, folder: this.#folder, homes: join(parts.folder, "volumes") },
    });
    const { initContainers = [], containers } = pod.spec;
    this.#runs = [
      ...initContainers.map((container) => this.#runOf(container, true)),
      ...containers.map((container) => this.#runOf(container, false)),
    ];
  }

  /** Starts its containers: init containers one after the other, then the others. */
  async start(): Promise<void> {
    this.#publish();
    await this.#parts.network.lay(this.#network, this.#address);
    void this.#volumes.follow(this.#over.signal, (why) => this.#parts.log(`${this.name}: ${why}`));
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
    await this.#clear();
  }

  /** The run of a container, or of an init container. */
  run(container: string): ContainerRun | undefined {
    return this.#runs.find(({ state }) => state.container.name === container);
  }

  get name(): string {
    const { namespace, name } = this.#pod.metadata;
    return `${namespace}/${name}`;
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
    await this.#clear();
  }

  async #clear(): Promise<void> {
    // Another pod may have the address by the second time.
    if (this.#over.signal.aborted) return;
    this.#over.abort();
    await removeNetwork(this.#network, this.#address);
    this.#parts.network.release(this.#pod.metadata.uid);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #runOf(container: Container, isInit: boolean): ContainerRun {
    const before = this.#pod.status?.containerStatuses?.find(({ name }) => name === container.name);
    // It ran before this process: what it was then has ended.
    const restarts = before && this.#pod.status?.phase === "Running" ? before.restartCount + 1 : 0;
    return new ContainerRun({
      ...{ container, isInit, restarts, podFolder: this.#folder, address: this.#address },
      prepare: () => this.#prepare(container),
      onChange: () => this.#publish(),
      onEvent: (type, reason, message) => {
        const about: AnyObject = { apiVersion: "v1", kind: "Pod", metadata: this.#pod.metadata };
        void this.#parts.events.record(about, { type, reason, message }).catch(() => undefined);
      },
    });
  }

  async #prepare(container: Container) {
    const mounts = await this.#volumes.prepare(container);
    const secrets = new Map<string, Record<string, string>>();
    for (const name of secretsOf(container)) {
      const secret = await this.#volumes.secret(name);
      if (!secret) continue;
      const texts = Object.entries(secret).map(([key, bytes]) => [key, bytes.toString()]);
      secrets.set(name, Object.fromEntries(texts) as Record<string, string>);
    }
    return {
      start: {
        files: this.#parts.files,
        hostname: this.#pod.metadata.name,
        command: commandOf(container),
        environment: environmentOf(this.#pod, container, secrets, this.#address),
        network: this.#network,
        limits: this.#limits(container),
      },
      mounts,
    };
  }

  #limits({ name, resources }: Container): ContainerLimits {
    const { cpu, memory } = resources?.limits ?? {};
    const { cpuGroups: groups } = this.#parts;
    const group = `${this.#pod.metadata.uid}-${name}`;
    return {
      ...(memory !== undefined && { memoryBytes: quantityValue(memory) }),
      ...(cpu !== undefined && groups && { cpu: { cores: quantityValue(cpu), groups, name: group } }),
    };
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
