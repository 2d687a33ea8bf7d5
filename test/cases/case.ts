import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parse } from "yaml";
import type { ContainerLog, ProbeResult, RunLog, Snapshot } from "../../analyzers/snapshot.ts";
import { collectedKinds } from "../../diagnose/collect/kinds.ts";
import type { AnyObject } from "../../kube/object.ts";

/** One failure, as test/cases/AREA/NAME.yaml has it. */
export interface Case {
  readonly name: string;
  /** Where its objects and texts come from: `recording`, `lab`, or the page of facts whose texts it is built from. */
  readonly source: string;
  /** Another snapshot that this one changes: `healthy`. Nothing but the objects given here without it. */
  readonly base?: string;
  readonly takenAt?: string;
  readonly server?: Snapshot["server"];
  /** Kinds that the API server does not have. */
  readonly missingKinds?: readonly string[];
  /** Take the place of those of the same name in the base, whole; or are added. */
  readonly objects?: readonly AnyObject[];
  /** Merged into those of the base, `null` removes a field: `Node k3s-1: { status: ... }`. Lists are replaced. */
  readonly changes?: Readonly<Record<string, object>>;
  /** `Pod kasm/kasm-db-0` */
  readonly remove?: readonly string[];
  /** Kinds that could not be read, and why. */
  readonly unseen?: Readonly<Record<string, string>>;
  readonly logs?: readonly ContainerLog[];
  readonly probes?: readonly ProbeResult[];
  /** Logs of pulumi or helm; without any object or base, nothing of a cluster was given. */
  readonly runs?: readonly RunLog[];
  readonly expect: Expectation;
}

/** `CODE Kind namespace/name` each, in any order. */
export interface Expectation {
  readonly roots: readonly string[];
  readonly symptoms?: readonly string[];
  readonly exit: number;
}

export function allCases(): Case[] {
  const root = import.meta.dirname;
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((it) => it.endsWith(".yaml"));
  return files.sort().map((file) => {
    const content = parse(readFileSync(join(root, file), "utf8"), { maxAliasCount: 1_000 }) as Omit<Case, "name">;
    return { ...content, name: relative(root, join(root, file)).slice(0, -".yaml".length) };
  });
}

export function snapshotOf(it: Case): Snapshot {
  const base = it.base === undefined ? empty : baseNamed(it.base);
  const kinds = new Map(
    Object.entries(base.objects).map(([kind, part]) => [
      kind,
      new Map(("seen" in part ? part.seen : []).map((o) => [key(o), o])),
    ]),
  );
  for (const object of it.objects ?? []) (kinds.get(object.kind ?? "") ?? fail(object)).set(key(object), object);
  for (const name of it.remove ?? []) if (!of(kinds, name).delete(name)) throw new Error(`${name} is not there`);
  for (const [name, change] of Object.entries(it.changes ?? {})) {
    const before = of(kinds, name).get(name);
    if (!before) throw new Error(`${name} is not there`);
    of(kinds, name).set(name, merged(before, change) as AnyObject);
  }
  const objects = Object.fromEntries([...kinds].map(([kind, them]) => [kind, { seen: [...them.values()] }]));
  const unseen = Object.fromEntries(Object.entries(it.unseen ?? {}).map(([kind, why]) => [kind, { unseen: why }]));
  return {
    ...base,
    takenAt: it.takenAt ?? base.takenAt,
    ...(it.server && { server: it.server }),
    ...(it.missingKinds && { missingKinds: it.missingKinds }),
    objects: isLogAlone(it) ? {} : { ...objects, ...unseen },
    logs: [...base.logs, ...(it.logs ?? [])],
    probes: [...base.probes, ...(it.probes ?? [])],
    ...(it.runs && { runs: it.runs }),
  };
}

function isLogAlone({ runs, objects, base }: Case): boolean {
  return runs !== undefined && objects === undefined && base === undefined;
}

const empty: Snapshot = {
  kind: "KasmVdiSnapshot",
  schemaVersion: 1,
  takenAt: "2026-01-01T00:00:00Z",
  objects: Object.fromEntries(Object.keys(collectedKinds).map((kind) => [kind, { seen: [] }])),
  logs: [],
  probes: [],
};

function baseNamed(name: string): Snapshot {
  const file = join(import.meta.dirname, `${name}.json`);
  return JSON.parse(readFileSync(file, "utf8")) as Snapshot;
}

function key({ kind = "", metadata }: AnyObject): string {
  return `${kind} ${metadata?.namespace === undefined ? "" : `${metadata.namespace}/`}${metadata?.name ?? ""}`;
}

function of(kinds: ReadonlyMap<string, Map<string, AnyObject>>, name: string): Map<string, AnyObject> {
  return kinds.get(name.split(" ")[0] ?? "") ?? fail({ kind: name });
}

function fail({ kind = "" }: AnyObject): never {
  throw new Error(`${kind} is not collected`);
}

function merged(before: unknown, change: unknown): unknown {
  if (!isRecord(before) || !isRecord(change)) return change;
  const result: Record<string, unknown> = { ...before };
  for (const [name, value] of Object.entries(change))
    if (value === null) Reflect.deleteProperty(result, name);
    else result[name] = merged(before[name], value);
  return result;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
