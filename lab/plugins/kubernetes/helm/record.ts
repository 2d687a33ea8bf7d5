import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { AnyObject, ClusterClient } from "../../../../kube/client.ts";
import type { PropertyMap } from "../../rpc/property.ts";

const unzip = promisify(gunzip);

export interface Hook {
  name: string;
  kind: string;
  events: string[];
  last_run?: { phase?: string };
}

/** What Helm keeps about one revision of a release, in a Secret beside it. */
export interface HelmRecord {
  name: string;
  namespace: string;
  /** The revision: 1 for the installation. */
  version: number;
  info: { status: string; description?: string; last_deployed?: string };
  chart: { metadata: { name: string; version: string; appVersion?: string } };
  config?: PropertyMap;
  manifest: string;
  hooks?: Hook[];
}

/** One revision as its Secret's labels tell of it, without decoding the record. */
export interface Revision {
  version: number;
  status: string;
}

/** All revisions of a release, oldest first. */
export async function readRevisions(client: ClusterClient, namespace: string, name: string): Promise<Revision[]> {
  const labelSelector = `owner=helm,name=${name}`;
  const secrets = await client.list("v1", "Secret", { namespace, labelSelector });
  return secrets
    .map(({ metadata }) => ({
      version: Number(metadata?.labels?.["version"]),
      status: metadata?.labels?.["status"] ?? "",
    }))
    .sort((a, b) => a.version - b.version);
}

/** The newest revision's record; undefined when there is no such release. */
export async function readRecord(
  client: ClusterClient,
  namespace: string,
  name: string,
): Promise<HelmRecord | undefined> {
  const newest = (await readRevisions(client, namespace, name)).at(-1);
  return newest && readRevision(client, namespace, name, newest.version);
}

/**
 * One revision's record. It is read from where Helm 3 keeps it (helm.sh/helm/v3/pkg/storage/driver: gzipped JSON in
 * base64), not by `helm get`: progress needs it every second, and a helm process costs more than all else.
 */
export async function readRevision(
  client: ClusterClient,
  namespace: string,
  name: string,
  version: number,
): Promise<HelmRecord | undefined> {
  const key = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: `sh.helm.release.v1.${name}.v${version}`, namespace },
  };
  const secret = await client.get(key);
  return secret && decodeRecord(secret);
}

/** Throws when the Secret holds no Helm 3 record. */
export async function decodeRecord(secret: AnyObject): Promise<HelmRecord> {
  const data = (secret["data"] as Record<string, string> | undefined)?.["release"];
  if (!data) throw new Error(`Secret ${secret.metadata?.name ?? ""} holds no Helm release`);
  const packed = Buffer.from(Buffer.from(data, "base64").toString("latin1"), "base64");
  return JSON.parse((await unzip(packed)).toString("utf8")) as HelmRecord;
}
