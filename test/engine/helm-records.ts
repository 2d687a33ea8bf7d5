import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync, gzipSync } from "node:zlib";
import { newestRevision } from "../../helm/revision.ts";
import type { AnyObject, ClusterClient } from "../../kube/client.ts";

/** What Helm has written down of one release. */
export class HelmRecords {
  readonly #client: ClusterClient;
  readonly #namespace: string;
  readonly #release: string;

  constructor(client: ClusterClient, namespace: string, release: string) {
    this.#client = client;
    this.#namespace = namespace;
    this.#release = release;
  }

  /** Helm's word for each revision, oldest first: `superseded`, `deployed`, `pending-upgrade`... */
  async statuses(): Promise<string[]> {
    const records = (await this.#records()).toSorted((a, b) => numberOf(a) - numberOf(b));
    return records.map(({ metadata }) => metadata?.labels?.["status"] ?? "");
  }

  /** Resolves when Helm is through with the newest revision, or has none. */
  async settled(): Promise<void> {
    const deadline = Date.now() + 60_000;
    while (Date.now() < deadline) {
      const newest = (await this.statuses()).at(-1);
      if (newest === undefined || !/^pending-|^uninstalling$/.test(newest)) return;
      await sleep(250);
    }
    throw new Error(`Helm is not through with ${this.#release}`);
  }

  /** Makes the newest revision an hour older, so that nobody takes it for work in progress. */
  async age(): Promise<void> {
    const record = newestRevision(await this.#records());
    if (!record) throw new Error(`Helm has no release ${this.#release}`);
    const { release } = record["data"] as { release: string };
    const text = gunzipSync(Buffer.from(Buffer.from(release, "base64").toString(), "base64")).toString();
    const earlier = new Date(Date.now() - 3_600_000).toISOString();
    const aged = text.replaceAll(/"(last_deployed|deleted|started_at)":"20[^"]*"/g, `"$1":"${earlier}"`);
    const stored = Buffer.from(gzipSync(aged).toString("base64")).toString("base64");
    const metadata = { name: record.metadata?.name ?? "", namespace: this.#namespace };
    await this.#client.mergePatch({ apiVersion: "v1", kind: "Secret", metadata, data: { release: stored } });
  }

  #records(): Promise<AnyObject[]> {
    const labelSelector = `owner=helm,name=${this.#release}`;
    return this.#client.list("v1", "Secret", { namespace: this.#namespace, labelSelector });
  }
}

function numberOf({ metadata }: AnyObject): number {
  return Number(metadata?.labels?.["version"]);
}
