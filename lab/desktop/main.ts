import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { execa } from "execa";
import { ClusterClient, loadKubeConfig } from "../../kube/client.ts";
import { Informer } from "../../kube/informer.ts";
import type { AnyObject } from "../../kube/object.ts";
import { EventRecorder } from "../simulators/events.ts";
import { kubeletClient } from "../cluster/certificate-plan.ts";
import { certificateFile, keyFile } from "../cluster/pki.ts";
import { kubeletPort } from "./launches.ts";
import { forward, parseForward } from "./network/forward.ts";
import { cpuGroupsName, openCpuGroups, removeCpuGroups } from "./node/cpu-groups.ts";
import { DesktopPod } from "./node/desktop-pod.ts";
import { serveKubelet } from "./node/kubelet-server.ts";
import { NodeEndpoint } from "./node/node-endpoint.ts";
import { PodNetwork } from "./node/pod-network.ts";
import { isDesktopPod } from "./node/pod-spec.ts";
import type { Pod } from "./node/pod-spec.ts";
import { keepRunning } from "./traefik-process.ts";

// Runs in the lab's own user, network and mount namespaces, with KUBECONFIG set. Prints `ready` once Traefik and desktops can
// be reached, then a line for each pod that comes or goes and each failure.
const { values, positionals } = parseArgs({
  options: {
    files: { type: "string" },
    folder: { type: "string" },
    hosts: { type: "string" },
    services: { type: "string" },
    traefik: { type: "string" },
    "traefik-config": { type: "string" },
    "traefik-log": { type: "string" },
    pki: { type: "string" },
    "kubelet-port": { type: "string" },
  },
  allowPositionals: true,
});
const given = (name: keyof typeof values): string => {
  const value = values[name];
  if (value === undefined) throw new Error(`--${name} is missing`);
  return value;
};

const log = (line: string) => console.log(`${new Date().toISOString()} ${line}`);
const folder = given("folder");
for (const part of ["pods", "volumes"]) mkdirSync(join(folder, part), { recursive: true, mode: 0o700 });

const network = new PodNetwork();
await network.open(given("services").split(","));
await nameServices(given("hosts"));
for (const text of positionals) await forward(parseForward(text));

for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => process.exit(0));

const config = loadKubeConfig();
const client = new ClusterClient(config);
removeCpuGroups(cpuGroupsName(folder));
const cpuGroups = openCpuGroups(cpuGroupsName(folder));
if (!cpuGroups) log("no control group can be made here: desktops have no limit of CPU");
const events = new EventRecorder(client, "kubelet");
const parts = { client, network, cpuGroups, folder, log, events, files: given("files") };
const pods = new Map<string, DesktopPod>();
const endpoint = new NodeEndpoint(client, Number(given("kubelet-port")));

const informer = new Informer<AnyObject>(client, { apiVersion: "v1", kind: "Pod" }, { log });
informer.on({
  add: (object) => follow(object as Pod),
  update: (object) => follow(object as Pod),
  delete: ({ metadata }) => {
    const uid = metadata?.uid ?? "";
    void pods.get(uid)?.discard();
    pods.delete(uid);
  },
});

function follow(pod: Pod): void {
  if (pod.spec.nodeName === undefined || !isDesktopPod(pod)) return;
  const { uid, name, deletionTimestamp } = pod.metadata;
  const known = pods.get(uid);
  const desktop = known ?? new DesktopPod(pod, parts);
  pods.set(uid, desktop);
  void endpoint.announce(pod.spec.nodeName).catch((error: unknown) => log(`no logs of ${name}: ${String(error)}`));
  if (known || deletionTimestamp !== undefined) desktop.follow(pod);
  else {
    log(`starts ${name}`);
    desktop.start().catch((error: unknown) => log(`${name}: ${String(error)}`));
  }
}

keepRunning({ program: given("traefik"), config: given("traefik-config"), logFile: given("traefik-log"), log });
const pki = given("pki");
await serveKubelet({
  ...{ port: kubeletPort, certificate: certificateFile(pki, "kubelet"), key: keyFile(pki, "kubelet") },
  ...{ authority: certificateFile(pki, "client-ca"), client: kubeletClient },
  find: (pod, container) => [...pods.values()].find(({ name }) => name === pod)?.run(container),
});
void informer.run(new AbortController().signal);
await informer.synced;
console.log("ready");

/** Names that Traefik and the operator ask by have addresses here alone: the file is another one in this mount namespace. */
async function nameServices(lines: string): Promise<void> {
  const file = join(folder, "hosts");
  writeFileSync(file, `127.0.0.1 localhost\n${lines}\n`);
  await execa("mount", ["--bind", file, "/etc/hosts"]);
}
