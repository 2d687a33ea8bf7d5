import { listed } from "../kube/sentences.ts";
import type { Cluster } from "./cluster.ts";
import type { Evidence, ObjectRef } from "./finding.ts";
import type { ProbeResult } from "./snapshot.ts";

/** What a probe's answer is about: `Kind namespace/name`, or `Host desk.example.com` for what is no object. */
export function aboutOf({ about = "", target }: ProbeResult): ObjectRef {
  const [kind = "", path = ""] = about.split(" ");
  if (path === "") return { kind: "Host", name: target };
  const at = path.indexOf("/");
  return at < 0 ? { kind, name: path } : { kind, namespace: path.slice(0, at), name: path.slice(at + 1) };
}

export function evidenceOf(result: ProbeResult): Evidence {
  return { object: aboutOf(result), field: `probe ${result.probe} of ${result.target}`, value: result.message };
}

export function detail(result: ProbeResult, name: string): string {
  const value = result.details?.[name];
  return value === undefined ? "" : String(value);
}

/** `3 answers`: undefined where nothing was asked. */
export function askedOf(cluster: Cluster, ...probes: string[]): string | undefined {
  const count = probes.flatMap((it) => cluster.probes(it)).length;
  return count === 0 ? undefined : `${count} ${count === 1 ? "answer" : "answers"}`;
}

/** Answers that are alike in these details, once, with the hosts that got them: one certificate serves many. */
export function byAnswer(results: readonly ProbeResult[], ...details: string[]): [ProbeResult, string][] {
  const groups = Map.groupBy(results, (it) => [it.ok, ...details.map((name) => detail(it, name))].join(" "));
  return [...groups.values()].flatMap((them): [ProbeResult, string][] => {
    const [first] = them;
    return first ? [[first, listed(them.map((it) => detail(it, "host")))]] : [];
  });
}
