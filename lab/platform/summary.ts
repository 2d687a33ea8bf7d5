import Table from "cli-table3";
import type { AnyObject } from "../../kube/client.ts";
import type { Session } from "../session/objects.ts";
import { sessionLines } from "../session/lines.ts";

/** A resource as `pulumi stack export` gives it, as far as the summary reads it. */
export interface StateResource {
  urn: string;
  type: string;
  parent?: string;
  inputs?: { chart?: string; version?: string };
}

export interface SummaryInput {
  resources: StateResource[];
  nodes: AnyObject[];
  /** Outputs of the stack with secrets left out or masked. */
  outputs: Record<string, unknown>;
  /** Charts that are the lab's stand-ins, by chart name. */
  standInCharts: string[];
  /** Resource plugins that are the lab's stand-ins, by name. */
  standInPlugins: string[];
  /** The session that the lab ends with. */
  session: Session | undefined;
  /** Where the portal is reached; undefined where the stack has none. */
  portalUrl: string | undefined;
}

/** What `npm run lab` prints at its end. */
export function renderSummary(input: SummaryInput): string {
  return [
    table(["component", "installed", "resources"], componentRows(input)),
    table(["node", "roles", "version", "GPUs x slices", "nvidia.com/gpu"], nodeRows(input.nodes)),
    table(["output", "value"], outputRows(input.outputs)),
    standInLine(input),
    input.session ? `${sessionLines(input.session)}\n` : "",
    input.portalUrl === undefined
      ? ""
      : `Portal: ${input.portalUrl} (sign in as Alice, Bob or Carol, who administers)\n`,
    nextCommands,
  ]
    .filter((part) => part !== "")
    .join("\n");
}

/** One row per component: what it is, the chart it installed, how many resources it owns. */
export function componentRows({ resources, standInCharts }: SummaryInput): string[][] {
  return resources
    .filter((resource) => resource.type.startsWith("kasm:"))
    .map((component) => {
      const children = resources.filter((resource) => resource.parent === component.urn);
      return [component.type.split(":").at(-1) ?? "", installed(children, standInCharts), String(children.length)];
    });
}

function installed(children: StateResource[], standInCharts: string[]): string {
  const releases = children.filter((child) => child.type === "kubernetes:helm.sh/v3:Release");
  const crds = children.filter((child) => child.type.endsWith(":CustomResourceDefinition"));
  const charts = releases.map(({ inputs }) => {
    const chart = baseName(inputs?.chart ?? "");
    return `${chart} ${inputs?.version ?? ""}${standInCharts.includes(chart) ? " (stand-in)" : ""}`;
  });
  if (crds.length > 0) charts.push(`${crds.length} CRDs`);
  if (charts.length > 0) return charts.join(", ");
  return children.every(({ type }) => type.startsWith("command:")) ? "checks only" : "objects";
}

/** One row per node: its roles and how many GPU slices the scheduler may give away. */
export function nodeRows(nodes: AnyObject[]): string[][] {
  return nodes.map((node) => {
    const labels = node.metadata?.labels ?? {};
    const status = (node["status"] ?? {}) as {
      nodeInfo?: { kubeletVersion?: string };
      capacity?: Record<string, string>;
    };
    const roles = Object.keys(labels).filter((label) => label.startsWith("node-role.kubernetes.io/"));
    const gpus = labels["nvidia.com/gpu.count"];
    return [
      node.metadata?.name ?? "",
      roles.map((label) => label.slice("node-role.kubernetes.io/".length)).join(",") || "agent",
      status.nodeInfo?.kubeletVersion ?? "",
      gpus ? `${gpus} x ${labels["nvidia.com/gpu.replicas"] ?? "1"}` : "-",
      status.capacity?.["nvidia.com/gpu"] ?? "-",
    ];
  });
}

function outputRows(outputs: Record<string, unknown>): string[][] {
  return Object.entries(outputs)
    .filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => [name, typeof value === "string" ? value : compact(value)]);
}

// One line per entry, so that a table of them fits a terminal.
function compact(value: unknown): string {
  if (Array.isArray(value)) return value.map(entry).join("\n");
  return Object.entries(value as Record<string, unknown>)
    .filter(([, item]) => item !== null)
    .map(([name, item]) => `${name}: ${entry(item)}`)
    .join("\n");
}

function entry(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  const { name, ttl, type, values } = value as Partial<DnsRecord>;
  if (type !== undefined && values) return `${name} ${ttl} ${type} ${values.join(" ")}`;
  // Reports of gates hold sentences; here it is enough how many.
  return Object.entries(value)
    .map(([key, item]) => `${key} ${Array.isArray(item) ? item.length : JSON.stringify(item)}`)
    .join(", ");
}

type DnsRecord = { name: string; type: string; ttl: number; values: string[] };

function standInLine({ standInCharts, standInPlugins }: SummaryInput): string {
  const parts = [
    standInCharts.length > 0 ? `charts ${standInCharts.join(", ")}` : "",
    standInPlugins.length > 0 ? `Pulumi plugins ${standInPlugins.join(", ")}` : "",
  ].filter((part) => part !== "");
  return parts.length === 0
    ? ""
    : `Stand-ins of the lab were used for: ${parts.join("; ")} (docs/plugins.md, docs/charts.md).\n`;
}

const nextCommands = `Next:
  eval "$(npm run -s lab env)"      kubectl, helm and pulumi of this lab in your shell
  kubectl get nodes,pods,vdi -A
  npm run lab session create -- --user you@example.com --wait
  pulumi preview                    change Pulumi.lab.yaml first: gpuCount, nodePools ...
  npx kasm-vdi diagnose             what is wrong; npm run lab break lists failures to try it on
  npm run lab status | logs NAME | down | reset`;

function table(head: string[], rows: string[][]): string {
  if (rows.length === 0) return "";
  const made = new Table({ head, style: { head: [], border: [], compact: true }, wordWrap: true });
  made.push(...rows);
  return `${made.toString()}\n`;
}

function baseName(path: string): string {
  return path.split("/").filter(Boolean).at(-1) ?? path;
}
