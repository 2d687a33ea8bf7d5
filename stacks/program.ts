import * as pulumi from "@pulumi/pulumi";
import { interruptedReleases } from "../components/helm/interrupted-releases.ts";
import { buildScripts } from "../components/gates/script.ts";
import { guardDatabase } from "../components/kasm-workspaces/database-guard.ts";
import { ConfigError, loadConfig } from "./config.ts";
import type { StackConfig } from "./config.ts";
import { helmReleases } from "./helm-releases.ts";
import { managerName } from "./manager-name.ts";
import { platform } from "./platform.ts";

/** The stack that the engine asks for. @returns its outputs */
export async function program() {
  const config = readConfig();
  buildScripts();
  // A preview runs no Helm, and changes nothing.
  if (pulumi.runtime.isDryRun()) return platform(config);
  const { cluster, namespaces } = config;
  const whenFree = interruptedReleases(cluster, helmReleases(config));
  await guardDatabase(cluster, { namespace: namespaces.kasm, clusterName: cluster.name, manager: managerName() });
  return platform(config, { whenFree });
}

function readConfig(): StackConfig {
  try {
    return loadConfig(pulumi.runtime.allConfig(), `Pulumi.${pulumi.getStack()}.yaml`);
  } catch (error) {
    // What a person can mend is told without a stack trace.
    throw error instanceof ConfigError ? new pulumi.RunError(error.message) : error;
  }
}
