import { resolve } from "node:path";
import type { LabLayout } from "../cluster/layout.ts";
import { withLabLock } from "../cluster/lab-lock.ts";
import type { UpContext } from "../phases/context.ts";
import { controlPlane } from "../phases/control-plane.ts";
import { k3s } from "../phases/k3s.ts";
import { desktopFiles, desktops } from "../phases/desktops.ts";
import { runsDesktops } from "../desktop/layout.ts";
import { operator } from "../phases/operator.ts";
import { platform } from "../phases/platform.ts";
import { plugins } from "../phases/plugins.ts";
import { session } from "../phases/session.ts";
import { controlPlaneTools, desktopTools, platformTools } from "../phases/tools.ts";
import { takeCharts } from "../platform/charts.ts";
import { printSummary } from "../platform/print-summary.ts";
import { copyConfigTemplate } from "../platform/stack-config.ts";
import { prepareEngine } from "./engine-environment.ts";
import { runPhases } from "./phases.ts";
import type { Lanes, Phase } from "./phases.ts";

/** Everything that `npm run lab` does, in order. Each phase leaves alone what is as it should be. */
const phases = (withDesktops: boolean, installs: boolean): readonly (Phase<UpContext> | Lanes<UpContext>)[] => [
  {
    title: "Cluster, engine and plugins",
    lanes: [
      [
        { title: "Tools of the control plane", run: controlPlaneTools },
        { title: "Control plane", run: controlPlane },
        { title: "K3s", run: k3s },
      ],
      [{ title: "Tools of the platform", run: platformTools }],
      [{ title: "Plugins", run: plugins }],
      ...(withDesktops ? desktopLanes : []),
    ],
  },
  ...(installs ? [{ title: "Platform", run: platform }] : []),
  ...(withDesktops ? [{ title: "Desktops", run: desktops }] : []),
  { title: "Operator", run: operator },
  // Nothing would answer in its desktop, which is simulated.
  ...(withDesktops ? [] : [{ title: "Session", run: session }]),
];

const desktopLanes: Lanes<UpContext>["lanes"] = [
  [{ title: "Tools of desktops", run: desktopTools }],
  [{ title: "Files of desktops", run: desktopFiles }],
];

export interface UpOptions {
  /** Whether the outputs and what one can do next are printed. */
  readonly summary?: boolean;
  /** Whether the program runs; else what runs beside the cluster is started alone. */
  readonly installs?: boolean;
  /** Folder of charts that the stack takes from now on. */
  readonly charts?: string;
}

/** Brings the lab up, or up to date; with desktops that are run where they were asked for. */
export async function up(
  layout: LabLayout,
  { summary = true, installs = true, charts }: UpOptions = {},
): Promise<void> {
  const context: UpContext = { layout, tools: new Map() };
  await withLabLock(
    layout,
    "up",
    (line) => console.error(line),
    async () => {
      prepareEngine(layout);
      if (charts !== undefined) await announceCharts(layout, charts);
      await runPhases(phases(runsDesktops(layout), installs), context);
    },
  );
  if (summary) await printSummary(context);
}

async function announceCharts({ checkout }: LabLayout, folder: string): Promise<void> {
  await copyConfigTemplate(checkout);
  const taken = await takeCharts(checkout, resolve(folder));
  for (const { name, version, path } of taken)
    console.error(`${name} ${version} from ${path}, as Pulumi.lab.yaml says now`);
}
