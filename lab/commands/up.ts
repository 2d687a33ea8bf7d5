import { join } from "node:path";

import { startControlPlane } from "../cluster/control-plane.ts";
import type { ControlPlane } from "../cluster/control-plane.ts";
import { withLabLock } from "../cluster/lab-lock.ts";
import type { LabLayout } from "../cluster/layout.ts";
import { ClusterClient, loadKubeConfig } from "../../kube/client.ts";
import { releaseNodeLeases } from "../k3s/apply-nodes.ts";
import { linkTools } from "../tools/link.ts";
import { provideTools } from "../tools/provide.ts";
import type { ProvidedTool, ToolName } from "../tools/provide.ts";
import { progressLines } from "../tools/show.ts";
import { prepareEngine } from "./engine-environment.ts";
import { runPhases } from "./phases.ts";
import type { Phase } from "./phases.ts";

/** What the phases hand on to each other; each fills in what it is named after. */
interface UpContext {
  layout: LabLayout;
  tools?: Record<ToolName, ProvidedTool>;
  controlPlane?: ControlPlane;
}

/** Everything that `npm run lab` does, in order. Each phase leaves alone what is as it should be. */
const phases: readonly Phase<UpContext>[] = [
  { title: "Tools", run: tools },
  { title: "Control plane", run: controlPlane },
];

/** Brings the lab up, or up to date. */
export async function up(layout: LabLayout): Promise<void> {
  await withLabLock(
    layout,
    "up",
    (line) => console.error(line),
    async () => {
      prepareEngine(layout);
      await runPhases(phases, { layout });
    },
  );
}

const neededTools: readonly ToolName[] = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kwok",
  "kubectl",
  "helm",
  "pulumi",
];

async function tools(context: UpContext, report: (line: string) => void): Promise<string> {
  const { onProgress } = progressLines(report);
  const provided = await provideTools(neededTools, { onProgress });
  await linkTools(context.layout.bin, Object.values(provided));
  context.tools = provided;
  const sources = Map.groupBy(Object.values(provided), ({ source }) => source);
  return [...sources].map(([source, from]) => `${from.length} from ${source}`).join(", ");
}

async function controlPlane(context: UpContext, report: (line: string) => void): Promise<string> {
  const { layout } = context;
  const programs = Object.values(context.tools ?? {}).map(({ name, path }) => [name, path] as const);
  const started = await startControlPlane({
    layout,
    tools: Object.fromEntries(programs),
    kwokConfigs: kwokConfigs(layout),
    beforeStart: async (name) => {
      if (name === "kwok") await withAdministrator(layout, releaseNodeLeases);
    },
  });
  context.controlPlane = started;
  for (const { name, from, to } of started.movedPorts) {
    report(`port ${from} of ${name} belongs to another process now; moved to ${to}, kubeconfigs rewritten`);
  }
  const fresh = started.components.filter(({ action }) => action !== "kept").map(({ name }) => name);
  return `${started.server}, ${fresh.length > 0 ? `started ${fresh.join(", ")}` : "was running"}`;
}

function kwokConfigs({ checkout }: LabLayout): string[] {
  const folder = join(checkout, "lab", "k3s", "kwok");
  return ["controller.yaml", "nodes.yaml", "pods.yaml", "pod-faults.yaml"].map((file) => join(folder, file));
}

async function withAdministrator(layout: LabLayout, work: (client: ClusterClient) => Promise<void>): Promise<void> {
  const config = loadKubeConfig({ file: layout.kubeconfig });
  try {
    await work(new ClusterClient(config));
  } finally {
    await config.close();
  }
}
