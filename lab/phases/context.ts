import type { Stack } from "@pulumi/pulumi/automation/index.js";
import type { ControlPlane } from "../cluster/control-plane.ts";
import type { LabLayout } from "../cluster/layout.ts";
import { ClusterClient, loadKubeConfig } from "../../kube/client.ts";
import type { Deployment } from "../platform/deploy.ts";
import type { PluginChoice } from "../plugins/install.ts";
import type { Session } from "../session/objects.ts";
import type { ProvidedTool } from "../tools/provide.ts";

/** What the phases of `up` hand on to each other; each fills in what it is named after. */
export interface UpContext {
  layout: LabLayout;
  /** Whether a platform that the last `pulumi up` has deployed is left alone when nothing was changed since. */
  takesPlatformAsItIs?: boolean;
  /** By name. */
  tools: Map<string, ProvidedTool>;
  controlPlane?: ControlPlane;
  /** The folder with a desktop's files, where desktops are run. */
  desktopFiles?: string;
  plugins?: PluginChoice[];
  stack?: Stack;
  deployment?: Deployment;
  /** What the lab ends with; suspended or ready. */
  session?: Session;
}

/** A phase's work: changes the context, reports what is going on, answers with one line for the list. */
export type PhaseWork = (context: UpContext, report: (line: string) => void) => Promise<string>;

/** Runs `work` as the cluster's administrator. */
export async function withAdministrator<Result>(
  layout: LabLayout,
  work: (client: ClusterClient) => Promise<Result>,
): Promise<Result> {
  const config = loadKubeConfig({ file: layout.kubeconfig });
  try {
    return await work(new ClusterClient(config));
  } finally {
    await config.close();
  }
}
