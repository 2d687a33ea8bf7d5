import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ScratchStack } from "./scratch-stack.ts";
import type { Env } from "./scratch-stack.ts";

const checkout = join(import.meta.dirname, "..", "..");
const moduleAt = (path: string) => JSON.stringify(pathToFileURL(join(checkout, path)).href);

const program = (namespace: string) => `
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { interruptedReleases } from ${moduleAt("components/helm/interrupted-releases.ts")};
import { KasmWorkspaces } from ${moduleAt("components/kasm-workspaces/kasm-workspaces.ts")};

const namespace = ${JSON.stringify(namespace)};
const timeoutSeconds = 120;
const provider = new k8s.Provider("cluster", { clusterIdentifier: "lab", upsertExistingObjects: true });
const releases = [{ namespace, release: "kasm", timeoutSeconds }];
new KasmWorkspaces("kasm", {
  domain: "desktops.example.com",
  chart: { chart: "./charts/first", version: "1.1190.5" },
  database: "initialize",
  sizing: { deploymentSize: "small", replicas: 1, isCompact: true },
  nginxResolver: "10.43.0.10",
  storageClassName: "local-path",
  certificate: { kind: "self-signed" },
  namespace,
  cluster: {},
  timeoutSeconds,
  protectData: false,
  ...JSON.parse(process.env.CHANGES ?? "{}"),
  whenFree: pulumi.runtime.isDryRun() ? undefined : interruptedReleases({}, releases),
}, { provider });
`;

/** Kasm alone, in a namespace of its own. What a run changes of its arguments comes in CHANGES, as {@link given} makes it. */
export async function kasmStack(namespace: string): Promise<ScratchStack> {
  const stack = await ScratchStack.make(program(namespace));
  stack.linkScripts();
  return stack;
}

/** A copy of the lab's chart for Kasm, as another version of chart and Kasm. @returns its folder */
export function copyChart(stack: ScratchStack, name: string, version: string, kasm: string): string {
  const chart = join(stack.folder, "program", "charts", name);
  cpSync(join(checkout, "lab", "charts", "kasm-helm"), chart, { recursive: true });
  const file = join(chart, "Chart.yaml");
  const text = readFileSync(file, "utf8").replace(/^version: .*$/m, `version: ${version}`);
  writeFileSync(file, text.replace(/^appVersion: .*$/m, `appVersion: "${kasm}"`));
  return chart;
}

export function given(changes: object): Env {
  return { CHANGES: JSON.stringify(changes) };
}
