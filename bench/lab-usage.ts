import { execa } from "execa";
import { join } from "node:path";
import { componentNames } from "../lab/cluster/components.ts";
import type { LabLayout } from "../lab/cluster/layout.ts";
import { isRunning, readRunRecord } from "../lab/cluster/run-record.ts";
import { samplesOf } from "../lab/operator/metrics-text.ts";
import type { Sample } from "../lab/operator/metrics-text.ts";
import { processFigures } from "./process-figures.ts";

/** Processor seconds of each process of the lab since its start, without its operator: that one has no part here. */
export function labCpuSeconds(layout: LabLayout): Record<string, number> {
  return Object.fromEntries(
    componentNames.flatMap((name) => {
      const record = readRunRecord(layout, name);
      return name !== "operator" && isRunning(record) ? [[name, processFigures(record.pid).cpuSeconds]] : [];
    }),
  );
}

/** What the API server has answered so far. */
export async function apiServerRequests(layout: LabLayout): Promise<Sample[]> {
  const { stdout } = await execa(join(layout.bin, "kubectl"), ["get", "--raw", "/metrics"], {
    env: { KUBECONFIG: layout.kubeconfig },
  });
  return samplesOf(stdout, ["apiserver_request_total"]);
}

/** How much the API server's answers to writes have grown, by verb and resource: those of all its clients. */
export function writesOfAll(before: readonly Sample[], after: readonly Sample[]): Map<string, number> {
  const writes = new Map<string, number>();
  const count = (samples: readonly Sample[], sign: number) => {
    for (const { labels, value } of samples) {
      const { verb = "", resource = "", subresource = "" } = labels;
      const what = `${verb} ${resource}${subresource === "" ? "" : `/${subresource}`}`;
      if (writingVerbs.includes(verb)) writes.set(what, (writes.get(what) ?? 0) + sign * value);
    }
  };
  count(after, 1);
  count(before, -1);
  return writes;
}

/** Of these the writes that nobody but the operator does while sessions start. Events are not among them: others write some. */
export function operatorWrites(writes: ReadonlyMap<string, number>): number {
  return operatorsOwn.reduce((sum, what) => sum + (writes.get(what) ?? 0), 0);
}

const writingVerbs = ["POST", "PUT", "PATCH", "APPLY", "DELETE"];
const operatorsOwn = [
  ...["POST secrets", "POST persistentvolumeclaims", "POST pods", "PATCH pods"],
  ...["services", "ingressroutes", "networkpolicies"].flatMap((resource) => [`POST ${resource}`, `APPLY ${resource}`]),
  ...["APPLY vdisessions/status", "PATCH vdisessions", "PATCH vdisessions/status"],
];
