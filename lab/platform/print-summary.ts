import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parse } from "yaml";
import type { Ports } from "../cluster/ports.ts";
import { isRunning, readRunRecord } from "../cluster/run-record.ts";
import { readPorts } from "../cluster/state.ts";
import { labPortalUrl } from "../operator/portal.ts";
import { withAdministrator } from "../phases/context.ts";
import type { UpContext } from "../phases/context.ts";
import { renderSummary } from "./summary.ts";
import type { StateResource } from "./summary.ts";

/** Prints what is installed now: from the stack's state and the cluster, not from what was asked for. */
export async function printSummary({ layout, stack, deployment, session, plugins = [] }: UpContext): Promise<void> {
  if (!stack) throw new Error("the summary comes after the platform");
  const exported = (await stack.exportStack()) as { deployment: { resources?: StateResource[] } };
  const resources = exported.deployment.resources ?? [];
  const nodes = await withAdministrator(layout, (client) => client.list("v1", "Node"));
  const outputs = Object.entries(deployment?.outputs ?? {}).map(([name, { value, secret }]) => [
    name,
    secret ? `[secret] pulumi stack output ${name} --show-secrets` : (value as unknown),
  ]);
  console.log(
    renderSummary({
      resources,
      nodes,
      session,
      portalUrl: isRunning(readRunRecord(layout, "portal")) ? labPortalUrl(readPorts(layout) as Ports) : undefined,
      outputs: Object.fromEntries(outputs) as Record<string, unknown>,
      standInCharts: standInCharts(layout.checkout, resources),
      standInPlugins: plugins.filter(({ kind }) => kind === "stand-in").map(({ name }) => name),
    }),
  );
}

/** Charts of the state that say of themselves that they are stand-ins. */
function standInCharts(checkout: string, resources: StateResource[]): string[] {
  const charts = resources
    .filter(({ type }) => type === "kubernetes:helm.sh/v3:Release")
    .map(({ inputs }) => resolve(checkout, inputs?.chart ?? "", "Chart.yaml"))
    .filter((file) => existsSync(file));
  return charts
    .map((file) => parse(readFileSync(file, "utf8")) as { name: string; annotations?: Record<string, string> })
    .filter(({ annotations }) => annotations?.["kasm-vdi/stand-in"] === "true")
    .map(({ name }) => name);
}
