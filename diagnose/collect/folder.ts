import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { parseAllDocuments } from "yaml";
import { z } from "zod";
import { isRunLog } from "../../analyzers/runs/run-log.ts";
import type { ContainerLog, RunLog, Snapshot } from "../../analyzers/snapshot.ts";
import type { Pod } from "../../kube/kinds.ts";
import type { AnyObject } from "../../kube/object.ts";
import { withoutSecrets } from "../../kube/redaction.ts";
import { collectedKinds } from "./kinds.ts";
import { trimmed } from "./trim.ts";

const snapshotSchema = z.looseObject({
  kind: z.literal("KasmVdiSnapshot"),
  schemaVersion: z.literal(1),
  takenAt: z.iso.datetime(),
  objects: z.record(
    z.string(),
    z.union([z.object({ seen: z.array(z.looseObject({})) }), z.object({ unseen: z.string() })]),
  ),
  logs: z.array(z.looseObject({})),
  probes: z.array(z.looseObject({})),
});

/**
 * A snapshot from a file that `kasm-vdi snapshot` wrote, from a file of `kubectl get ... -o yaml` (or json), from a log
 * of `pulumi up` or `helm`, or from a folder with several of these and logs, named `log-POD.txt`, `log-POD.previous.txt`, or just `log.txt` beside one pod.
 *
 * @throws Error that names the file and what is wrong with it
 */
export function readSnapshot(path: string): Snapshot {
  if (statSync(path).isDirectory())
    return ofObjects(
      readdirSync(path)
        .sort()
        .map((name) => join(path, name)),
    );
  const log = /\.(ya?ml|json)$/.test(path) ? undefined : runLogOf(path);
  if (log) return ofLogs([log], [path]);
  const documents = documentsOf(path);
  const [first] = documents;
  if (first?.kind !== "KasmVdiSnapshot") return ofObjects([path]);
  const parsed = snapshotSchema.safeParse(first);
  if (parsed.success) return first as unknown as Snapshot;
  throw new Error(`${path} is no snapshot of this version: ${z.prettifyError(parsed.error)}`);
}

function ofObjects(files: readonly string[]): Snapshot {
  const isData = (file: string) => /\.(ya?ml|json)$/.test(file);
  const found = files.filter(isData).flatMap(documentsOf).flatMap(itemsOf);
  const isLog = (file: string) => /log.*\.(txt|log)$/.test(basename(file));
  const objects = Map.groupBy(found.map(asCollected), ({ kind = "" }) => kind);
  const pods = (objects.get("Pod") ?? []) as Pod[];
  const logs = new Map(files.filter(isLog).map((file) => [file, logsOf(file, pods)]));
  const others = files.filter((file) => !isData(file) && (logs.get(file) ?? []).length === 0);
  const runs = others.flatMap((file) => runLogOf(file) ?? []);
  if (found.length === 0 && runs.length > 0) return ofLogs(runs, files);
  if (found.length === 0)
    throw new Error(
      `${files.join(", ")}: no Kubernetes objects found, and no log of pulumi or helm. Give files of \`kubectl get ... -o yaml\`.`,
    );
  return {
    kind: "KasmVdiSnapshot",
    schemaVersion: 1,
    takenAt: new Date(newestTime(found)).toISOString(),
    objects: Object.fromEntries(
      Object.keys(collectedKinds).map((kind) => {
        const seen = objects.get(kind);
        return [kind, seen ? { seen: unique(seen).map((it) => trimmed(it)) } : { unseen: "not in the files" }];
      }),
    ),
    logs: [...logs.values()].flat(),
    probes: [],
    ...(runs.length > 0 && { runs }),
  };
}

/** The file as a log of pulumi or helm, if it is one; the end of a long one tells. */
function runLogOf(file: string): RunLog | undefined {
  const text = readFileSync(file, "utf8").replace(ansi, "");
  return isRunLog(text) ? { name: basename(file), text: withoutSecrets(text.slice(-mostRunLetters)) } : undefined;
}

const mostRunLetters = 262_144;
const ansi = /\u001b\[[0-9;]*m/g;

/** Without any object: nothing is said of the cluster. */
function ofLogs(runs: readonly RunLog[], files: readonly string[]): Snapshot {
  const newest = Math.max(...files.map((file) => statSync(file).mtimeMs));
  return {
    kind: "KasmVdiSnapshot",
    schemaVersion: 1,
    takenAt: new Date(newest).toISOString(),
    objects: {},
    logs: [],
    probes: [],
    runs,
  };
}

function documentsOf(file: string): AnyObject[] {
  const text = readFileSync(file, "utf8");
  try {
    if (file.endsWith(".json")) return [JSON.parse(text) as AnyObject];
    return parseAllDocuments(text).map((document) => {
      const [error] = document.errors;
      if (error) throw error;
      return (document.toJS({ maxAliasCount: 100 }) ?? {}) as AnyObject;
    });
  } catch (error) {
    throw new Error(`${file} cannot be read: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`);
  }
}

function itemsOf(document: AnyObject): AnyObject[] {
  const items = document["items"] as AnyObject[] | undefined;
  if (!Array.isArray(items)) return document.kind === undefined ? [] : [document];
  // Lists of one kind, as the API itself gives them, do not repeat it at each item.
  const kind = document.kind?.endsWith("List") && document.kind !== "List" ? document.kind.slice(0, -4) : undefined;
  return items.map((item) => ({ ...(kind !== undefined && { apiVersion: document.apiVersion, kind }), ...item }));
}

/** Events are read as core/v1, where events.k8s.io/v1 has other names for the same. */
function asCollected(object: AnyObject): AnyObject {
  if (object.kind !== "Event" || object["regarding"] === undefined) return object;
  const { regarding, note, deprecatedLastTimestamp, ...event } = object;
  return {
    ...event,
    apiVersion: "v1",
    involvedObject: regarding,
    message: note,
    lastTimestamp: deprecatedLastTimestamp,
  };
}

function unique(objects: readonly AnyObject[]): AnyObject[] {
  const keyOf = ({ metadata }: AnyObject) => `${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`;
  return [...new Map(objects.map((it) => [keyOf(it), it])).values()];
}

function logsOf(file: string, pods: readonly Pod[]): ContainerLog[] {
  const name = basename(file).replace(/\.(txt|log)$/, "");
  const previous = /[.-]previous$/.test(name);
  const wanted = name.replace(/[.-]previous$/, "").replace(/^log-?/, "");
  const pod = wanted === "" ? pods[0] : pods.find(({ metadata }) => metadata.name === wanted);
  if (!pod || (wanted === "" && pods.length > 1)) return [];
  const { initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
  const open = initContainerStatuses.find((it) => !it.ready && it.state?.terminated?.exitCode !== 0);
  const container = (open ?? containerStatuses[0])?.name;
  if (container === undefined) return [];
  const { namespace = "", name: podName } = pod.metadata;
  const text = withoutSecrets(readFileSync(file, "utf8").slice(-16_384));
  return text.trim() === "" ? [] : [{ namespace, pod: podName, container, previous, text }];
}

/** When the files were written, by the newest thing in them that has happened: ages are told against it. */
function newestTime(objects: readonly AnyObject[]): number {
  let newest = 0;
  const visit = (value: unknown, key = ""): void => {
    if (typeof value === "string" && happened.has(key)) newest = Math.max(newest, Date.parse(value) || 0);
    else if (typeof value === "object" && value !== null)
      for (const [name, it] of Object.entries(value)) visit(it, Array.isArray(value) ? key : name);
  };
  visit(objects);
  return newest;
}

/** Fields of moments that are over; others, such as the end of a certificate, may lie ahead. */
const happened = new Set([
  ...["creationTimestamp", "firstTimestamp", "lastTimestamp", "eventTime", "lastObservedTime", "lastTransitionTime"],
  ...["lastHeartbeatTime", "startTime", "startedAt", "finishedAt", "time"],
]);
