import { join } from "node:path";
import { execa } from "execa";
import { ClusterClient, loadKubeConfig } from "../kube/client.ts";
import type { AnyObject } from "../kube/client.ts";
import { waitForObject } from "../kube/wait-for.ts";
import { writePrivateFile, makePrivateFolder } from "../lab/cluster/private-files.ts";
import { keepKubeconfig } from "../lab/cluster/kubeconfig.ts";
import type { LabLayout } from "../lab/cluster/layout.ts";
import { readPorts } from "../lab/cluster/state.ts";
import { apiVersion } from "../operator/api/objects.ts";
import type { VDISession, VDITemplate } from "../operator/api/objects.ts";
import { buildBundle } from "../operator/bundle/build.ts";
import { OperatorProcess } from "./operator-process.ts";

/** Where benchmarks have their sessions: a namespace and nodes of their own, which nobody else's operator looks at. */
export interface SessionCluster {
  /** The cluster's administrator. */
  readonly client: ClusterClient;
  readonly namespace: string;
  readonly template: VDITemplate;
  /** Of a ServiceAccount with the rights that the operator has on this lab. */
  readonly kubeconfig: string;
  readonly bundle: string;
  /** For what operators leave. */
  readonly folder: string;
}

const namespace = "bench-sessions";
const account = "kasm-operator";
const nodeLabel = "bench.kasm-vdi/node";
// Pods have 110 places on a node of K3s, and those that end hold theirs a while longer.
const nodeCount = 12;

/**
 * Makes namespace, template and nodes of the benchmark on the lab, which has to run, and takes them away again.
 *
 * @param work gets them with all nodes ready
 */
export async function onSessionCluster<Result>(
  layout: LabLayout,
  work: (cluster: SessionCluster) => Promise<Result>,
): Promise<Result> {
  const config = loadKubeConfig({ file: layout.kubeconfig });
  const client = new ClusterClient(config, { requestTimeoutMs: 60_000 });
  try {
    await clear(client);
    const folder = join(layout.root, "bench");
    makePrivateFolder(folder);
    await apply(client, { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    const [operator] = await Promise.all([grantOperator(client), makeNodes(client)]);
    const template = (await apply(client, benchTemplate)) as VDITemplate & AnyObject;
    const bundle = join(folder, "kasm-operator.mjs");
    writePrivateFile(bundle, (await buildBundle()).text);
    const kubeconfig = await accountKubeconfig(layout, folder, operator);
    return await work({ client, namespace, template, kubeconfig, bundle, folder });
  } finally {
    await clear(client);
    await config.close();
  }
}

/** Runs an operator of the benchmark's own on it, and ends it. @param work gets it once its caches are filled */
export async function withOperator<Result>(
  cluster: SessionCluster,
  nodeOptions: readonly string[],
  work: (operator: OperatorProcess) => Promise<Result>,
): Promise<Result> {
  const operator = await OperatorProcess.start({
    ...cluster,
    identity: "bench-operator",
    electsLeader: false,
    nodeOptions,
  });
  try {
    await operator.hasSaid("the caches are filled");
    return await work(operator);
  } finally {
    await operator.stop();
  }
}

/** A session of the benchmark's template. */
export function benchSession(
  namespace: string,
  name: string,
  { user = `${name}@example.com`, hasHome }: { user?: string; hasHome: boolean },
): VDISession {
  return {
    apiVersion,
    kind: "VDISession",
    metadata: { name, namespace },
    spec: {
      ...{ user, template: "bench", desiredState: "Running", timeout: "8h" },
      persistence: { enabled: hasHome, size: "1Gi", reclaim: "Retain" },
    },
  };
}

const benchTemplate = {
  apiVersion,
  kind: "VDITemplate",
  metadata: { name: "bench" },
  spec: {
    image: "kasmweb/ubuntu-noble-desktop:1.18.0",
    runtime: { type: "kasmvnc" },
    resources: { default: { cpu: "100m", memory: "64Mi" } },
    shmSize: "64Mi",
    nodeSelector: { [nodeLabel]: "true" },
  },
};

interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
}

/**
 * Gives the lab's own operator its rights in another namespace: admission lets no other account make routes of desktops.
 *
 * @returns its ServiceAccount
 */
async function grantOperator(client: ClusterClient): Promise<Subject> {
  const rbac = { apiVersion: "rbac.authorization.k8s.io/v1" };
  const own = await client.get({ ...rbac, kind: "ClusterRoleBinding", metadata: { name: account } });
  const roles = await client.list(rbac.apiVersion, "Role", { fieldSelector: `metadata.name=${account}` });
  const [subject] = (own?.["subjects"] ?? []) as Subject[];
  if (!subject || roles.length === 0) throw new Error(`the lab has no operator: run \`npm run lab\` first`);
  const metadata = { name: account, namespace };
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: account };
  await apply(client, { ...rbac, kind: "Role", metadata, rules: roles.flatMap((role) => role["rules"] as unknown[]) });
  await apply(client, { ...rbac, kind: "RoleBinding", metadata, roleRef, subjects: [subject] });
  return subject;
}

async function accountKubeconfig(layout: LabLayout, folder: string, operator: Subject): Promise<string> {
  const kubectl = join(layout.bin, "kubectl");
  const args = ["create", "token", operator.name, "--namespace", operator.namespace, "--duration=24h"];
  const { stdout: token } = await execa(kubectl, args, { env: { KUBECONFIG: layout.kubeconfig } });
  const file = join(folder, "kubeconfig");
  const port = readPorts(layout)["kube-apiserver"] ?? NaN;
  keepKubeconfig(layout, { file, user: account, port }, { token });
  return file;
}

async function makeNodes(client: ClusterClient): Promise<void> {
  const names = Array.from({ length: nodeCount }, (_, index) => `bench-${index}`);
  await Promise.all(names.map((name) => apply(client, node(name))));
  const isReady = (found: AnyObject | undefined) => {
    const { status, spec } = (found ?? {}) as {
      status?: { conditions?: { type: string; status: string }[] };
      spec?: { taints?: unknown[] };
    };
    const ready = status?.conditions?.some((it) => it.type === "Ready" && it.status === "True");
    return ready === true && spec?.taints === undefined;
  };
  const key = (name: string) => ({ apiVersion: "v1", kind: "Node", metadata: { name } });
  await Promise.all(names.map((name) => waitForObject(client, key(name), isReady, { timeoutMs: 60_000 })));
}

function node(name: string): AnyObject {
  const resources = { cpu: "64", memory: "256Gi", pods: "110", "ephemeral-storage": "1Ti" };
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      labels: { [nodeLabel]: "true", "kubernetes.io/hostname": name, "kubernetes.io/os": "linux" },
      annotations: { "kwok.x-k8s.io/node": "fake" },
    },
    status: { capacity: resources, allocatable: resources },
  };
}

async function clear(client: ClusterClient): Promise<void> {
  const ours = { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } };
  // Nobody is there any more to take finalizers off; the nodes' kubelets have to end the pods first.
  await client.delete(ours);
  await waitForObject(client, ours, (found) => found === undefined, { timeoutMs: 300_000 });
  const nodes = await client.list("v1", "Node", { labelSelector: nodeLabel });
  await Promise.all(
    nodes.map(({ metadata }) =>
      client.delete({ apiVersion: "v1", kind: "Node", metadata: { name: metadata?.name ?? "" } }),
    ),
  );
  await client.delete({ ...benchTemplate });
}

function apply(client: ClusterClient, object: AnyObject): Promise<AnyObject> {
  return client.apply(object, { fieldManager: "bench", force: true });
}
