import { gunzipSync, gzipSync } from "node:zlib";
import type { AnyObject } from "../kube/client.ts";

/** One revision of a release, as Helm keeps it in a Secret of type `helm.sh/release.v1` beside the release's objects. */
export interface Revision {
  /** Name of the release. */
  readonly name: string;
  readonly namespace: string;
  /** 1, 2, 3... */
  readonly number: number;
  /** `deployed`, `failed`, `superseded`, `pending-install`, `pending-upgrade`, `pending-rollback`, `uninstalling`... */
  readonly status: string;
  /** What Helm says of the status: `Upgrade "kasm" failed: ...`. */
  readonly description: string;
  readonly chart: { readonly name: string; readonly version: string; readonly appVersion?: string };
  /** As they were given, without the chart's own. */
  readonly values: Readonly<Record<string, unknown>>;
  /** What Helm rendered, without hooks: YAML documents. */
  readonly manifest: string;
  /** When Helm began with it, with the last of its hooks, or to uninstall it. By the clock of the machine that ran Helm. */
  readonly lastStep: Date;
  /** Name of the hook that Helm waits for, or waited for when it was killed. */
  readonly runningHook?: string;
  /** Manifests of hooks that were begun and have not succeeded. */
  readonly openHooks: string;
}

/** Selects the Secrets of a release's revisions, but for those that a later one has replaced: the newest is among them. */
export function revisionSelector(release: string): string {
  return `owner=helm,name=${release},status!=superseded`;
}

/** The Secret of the newest revision. */
export function newestRevision(secrets: readonly AnyObject[]): AnyObject | undefined {
  return secrets.toSorted((a, b) => numberOf(a) - numberOf(b)).at(-1);
}

/**
 * Reads such a Secret.
 *
 * @throws Error when it holds anything else
 */
export function readRevision(secret: AnyObject): Revision {
  const { name, namespace, version, info, chart, config, manifest, hooks = [] } = payload(secret);
  const running = hooks.find(({ last_run }) => last_run?.phase === "Running");
  const open = hooks.filter(({ last_run }) => last_run?.phase === "Running" || last_run?.phase === "Failed");
  const steps = [info.last_deployed, info.deleted, ...hooks.map(({ last_run }) => last_run?.started_at)];
  return {
    ...{ name, namespace, number: version, status: info.status },
    description: info.description ?? "",
    chart: chart.metadata,
    values: config ?? {},
    manifest: manifest ?? "",
    lastStep: new Date(Math.max(...steps.map((time) => Date.parse(time ?? "") || 0))),
    ...(running && { runningHook: running.name }),
    openHooks: open.map((hook) => hook.manifest ?? "").join("\n---\n"),
  };
}

/**
 * A merge patch that marks the revision of a Secret as failed, as Helm does with what went wrong: Helm then goes on from
 * there. It fails with 409 when the Secret has changed since it was read.
 */
export function failedRevision(secret: AnyObject, description: string, now: Date): AnyObject {
  const { name = "", namespace = "", resourceVersion } = secret.metadata ?? {};
  const release = payload(secret);
  const failed = { ...release, info: { ...release.info, status: "failed", description } };
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      ...{ name, namespace },
      ...(resourceVersion !== undefined && { resourceVersion }),
      labels: { status: "failed", modifiedAt: String(Math.floor(now.getTime() / 1000)) },
    },
    data: { release: encode(failed) },
  };
}

/** The part that is read here (helm/pkg/release: Release, Info, Hook). */
interface Payload {
  readonly name: string;
  readonly namespace: string;
  readonly version: number;
  readonly info: {
    readonly status: string;
    readonly description?: string;
    readonly last_deployed?: string;
    readonly deleted?: string;
  };
  readonly chart: { readonly metadata: Revision["chart"] };
  readonly config?: Record<string, unknown> | null;
  readonly manifest?: string;
  readonly hooks?: readonly {
    readonly name: string;
    readonly manifest?: string;
    readonly last_run?: { readonly phase?: string; readonly started_at?: string };
  }[];
}

function payload(secret: AnyObject): Payload {
  const { release } = (secret["data"] ?? {}) as { release?: string };
  try {
    const base64 = Buffer.from(release ?? "", "base64").toString();
    return JSON.parse(gunzipSync(Buffer.from(base64, "base64")).toString()) as Payload;
  } catch (error) {
    const { namespace = "", name = "" } = secret.metadata ?? {};
    throw new Error(`Secret ${namespace}/${name} holds no release of Helm's`, { cause: error });
  }
}

// Helm makes text of its own of the compressed bytes, before the API server does the same.
function encode(release: Payload): string {
  const base64 = gzipSync(JSON.stringify(release)).toString("base64");
  return Buffer.from(base64).toString("base64");
}

function numberOf({ metadata }: AnyObject): number {
  return Number(metadata?.labels?.["version"] ?? 0);
}
