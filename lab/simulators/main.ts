import { parseArgs } from "node:util";
import { ClusterClient, loadKubeConfig } from "../../kube/client.ts";
import { applyNodes } from "../k3s/apply-nodes.ts";
import { readMachines } from "../k3s/stack-machines.ts";
import { ClusterView } from "./cluster-view.ts";
import { crdUpgradeSimulator } from "./gpu/crd-upgrade.ts";
import { gpuNodeSimulator } from "./gpu/node-agent.ts";
import { gpuOperatorSimulator } from "./gpu/operator.ts";
import { helmControllerSimulator } from "./helm-controller/simulator.ts";
import { localPathSimulator } from "./local-path/simulator.ts";
import { nodeControllerSimulator } from "./node-controller.ts";
import { serviceLbSimulator } from "./service-lb/simulator.ts";
import { runSimulator } from "./simulator.ts";
import { followStack } from "./stack-follower.ts";
import { traefikIngressSimulator } from "./traefik-ingress.ts";

// usage: node lab/simulators/main.ts [--stack-file] PATH, with KUBECONFIG set. Prints `ready` once everything runs, then a
// line for each change of the hardware and each failure.
const { values, positionals } = parseArgs({
  options: { "stack-file": { type: "string" } },
  allowPositionals: true,
});
const stackFile = values["stack-file"] ?? positionals[0];
if (stackFile === undefined) {
  console.error("usage: node lab/simulators/main.ts [--stack-file] PATH");
  process.exit(2);
}

const stop = new AbortController();
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort());

const config = loadKubeConfig();
const client = new ClusterClient(config);
const view = new ClusterView(client, stop.signal);
const log = (line: string) => console.log(`${new Date().toISOString()} ${line}`);

for (const simulator of [
  nodeControllerSimulator(client, view),
  localPathSimulator(client, view),
  serviceLbSimulator(client, view),
  helmControllerSimulator(client, view),
  traefikIngressSimulator(client, view),
  gpuOperatorSimulator(client, view),
  gpuNodeSimulator(client, view),
  crdUpgradeSimulator(client, view),
])
  runSimulator(simulator, view, log, stop.signal);

console.log("ready");
await followStack(
  {
    stackFile,
    readMachines,
    async follow(machines) {
      const { added, changed, removed } = await applyNodes(client, machines);
      if (added.length > 0) log(`stack: nodes added: ${added.join(", ")}`);
      if (changed.length > 0) log(`stack: nodes changed: ${changed.join(", ")}`);
      if (removed.length > 0) log(`stack: nodes removed: ${removed.join(", ")}`);
    },
    log,
  },
  stop.signal,
);
await config.close();
