import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ClusterClient } from "../../../kube/client.ts";
import { mountsOf } from "./mounts.ts";
import type { Mount } from "./mounts.ts";
import type { Container, Pod, Volume } from "./pod-spec.ts";
import { secretFiles, writeSecretVolume } from "./secret-volume.ts";

/** How often a kubelet looks at mounted Secrets, about. */
const refreshMs = 60_000;

export interface PodVolumesOptions {
  readonly client: ClusterClient;
  readonly pod: Pod;
  /** Of the pod. */
  readonly folder: string;
  /** With the folders of homes. */
  readonly homes: string;
}

/** What a pod's containers mount, as folders of this machine. */
export class PodVolumes {
  readonly #options: PodVolumesOptions;

  constructor(options: PodVolumesOptions) {
    this.#options = options;
  }

  /** The mounts of a container, whose folders are there now. @throws Error in the kubelet's words, for what is missing */
  async prepare(container: Container): Promise<Mount[]> {
    const { folder } = this.#options;
    const claims = new Map<string, string>();
    for (const volume of this.#volumes) {
      if (!container.volumeMounts?.some(({ name }) => name === volume.name)) continue;
      const { persistentVolumeClaim, emptyDir } = volume;
      if (persistentVolumeClaim) claims.set(persistentVolumeClaim.claimName, await this.#home(persistentVolumeClaim));
      else if (emptyDir?.medium !== "Memory") await this.#fill(volume);
    }
    return mountsOf(container, this.#volumes, { pod: folder, claims });
  }

  /** Content of a Secret of the pod's namespace; undefined where there is none. */
  async secret(name: string): Promise<Record<string, Buffer> | undefined> {
    const { namespace } = this.#options.pod.metadata;
    const found = await this.#options.client.get({ apiVersion: "v1", kind: "Secret", metadata: { namespace, name } });
    if (!found) return undefined;
    const data = Object.entries((found["data"] ?? {}) as Record<string, string>);
    return Object.fromEntries(data.map(([key, value]) => [key, Buffer.from(value, "base64")]));
  }

  /** Lets mounted Secrets follow their changes until `signal` aborts. Never rejects. */
  async follow(signal: AbortSignal, onFailure: (why: string) => void): Promise<void> {
    const secrets = this.#volumes.filter(({ secret }) => secret);
    const isOver = () => signal.aborted;
    while (secrets.length > 0 && !isOver()) {
      await sleep(refreshMs, undefined, { ref: false, signal }).catch(() => undefined);
      for (const volume of secrets)
        if (!isOver() && existsSync(this.#folderOf(volume)))
          await this.#fill(volume).catch((error: unknown) => onFailure(String(error)));
    }
  }

  get #volumes(): readonly Volume[] {
    return this.#options.pod.spec.volumes ?? [];
  }

  #folderOf({ name }: Volume): string {
    return join(this.#options.folder, "volumes", name);
  }

  /** A home outlives its pods: it is found by its volume. */
  async #home({ claimName }: { claimName: string }): Promise<string> {
    const { client, pod, homes } = this.#options;
    const { namespace } = pod.metadata;
    const key = { apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { namespace, name: claimName } };
    const { volumeName } = ((await client.get(key))?.spec ?? {}) as { volumeName?: string };
    if (volumeName === undefined) throw new Error(`persistentvolumeclaim "${claimName}" not bound`);
    const folder = join(homes, volumeName);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return folder;
  }

  async #fill(volume: Volume): Promise<void> {
    const folder = this.#folderOf(volume);
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    if (!volume.secret) return;
    const { secretName, items } = volume.secret;
    const data = await this.secret(secretName);
    if (!data) throw new Error(`secret "${secretName}" not found`);
    writeSecretVolume(folder, secretFiles(data, items), new Date().toISOString().replaceAll(":", "_"));
  }
}
