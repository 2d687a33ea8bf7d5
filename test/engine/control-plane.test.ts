import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createServer } from "node:net";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";

import { ClusterClient, apiMessage, loadKubeConfig, statusCode } from "../../kube/client.ts";
import type { AnyObject } from "../../kube/client.ts";
import { issueCertificate, makeAuthority } from "../../lab/cluster/certificate-authority.ts";
import type { ComponentName } from "../../lab/cluster/components.ts";
import { startControlPlane, stopControlPlane } from "../../lab/cluster/control-plane.ts";
import { kubeconfigText } from "../../lab/cluster/kubeconfig.ts";
import { componentKubeconfig } from "../../lab/cluster/layout.ts";
import { certificateFile, keyFile } from "../../lab/cluster/pki.ts";
import { writePrivateFile } from "../../lab/cluster/private-files.ts";
import { processIdentity } from "../../lab/cluster/process-identity.ts";
import { whyNotReady } from "../../lab/cluster/readiness.ts";
import { readRunRecord, removeRunRecord, writeRunRecord } from "../../lab/cluster/run-record.ts";
import { readPorts } from "../../lab/cluster/state.ts";
import { labStatus } from "../../lab/cluster/status.ts";
import { markedProcesses } from "../../lab/cluster/strays.ts";
import { provideTools } from "../../lab/tools/provide.ts";
import { temporaryLab } from "../lab/cluster/temporary-lab.ts";

const programs = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"] as const;
const kwokFolder = join(import.meta.dirname, "..", "..", "lab", "k3s", "kwok");
const kwokConfigs = ["controller.yaml", "nodes.yaml", "pods.yaml"].map((file) => join(kwokFolder, file));

// One lab of its own, at a path with a space and a quote; the tests build on each other's state in this order.
describe("a control plane", function () {
  this.timeout(120_000);
  const { layout, remove } = temporaryLab();
  let tools: Record<string, string>;
  let alien: ChildProcess | undefined;

  const up = () => startControlPlane({ layout, tools, kwokConfigs });
  const pids = () => programs.map((name) => readRunRecord(layout, name)?.pid);
  const stateOf = async (name: ComponentName) => (await labStatus(layout)).find((status) => status.name === name)!;
  const kill = async (name: ComponentName) => {
    const { pid } = readRunRecord(layout, name)!;
    process.kill(pid, "SIGKILL");
    while (processIdentity(pid) !== undefined) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  const as = async <T>(kubeconfig: string, work: (client: ClusterClient) => Promise<T>): Promise<T> => {
    const config = loadKubeConfig({ file: kubeconfig });
    try {
      return await work(new ClusterClient(config));
    } finally {
      await config.close();
    }
  };
  const admin = <T>(work: (client: ClusterClient) => Promise<T>) => as(layout.kubeconfig, work);
  const marker = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "marker", namespace: "default" } };

  before(async () => {
    const provided = await provideTools(programs);
    tools = Object.fromEntries(Object.values(provided).map(({ name, path }) => [name, path]));
  });
  after(async () => {
    alien?.kill("SIGKILL");
    await stopControlPlane(layout);
    remove();
  });

  it("is ready, each component answering for itself", async () => {
    await up();
    const statuses = await labStatus(layout);
    expect(Object.fromEntries(statuses.map(({ name, state }) => [name, state]))).to.deep.equal({
      ...Object.fromEntries(programs.map((name) => [name, "ready"])),
      simulators: "stopped",
      operator: "stopped",
      gateway: "stopped",
    });
  });

  it("is left alone by a second up: same processes", async () => {
    const before = pids();
    const { components } = await up();
    expect(components.map(({ action }) => action)).to.deep.equal(programs.map(() => "kept"));
    expect(pids()).to.deep.equal(before);
  });

  it("has the service range of K3s and an endpoint for default/kubernetes", async () => {
    const service = await admin((client) =>
      client.get({ apiVersion: "v1", kind: "Service", metadata: { name: "kubernetes", namespace: "default" } }),
    );
    expect(service?.["spec"]).to.include({ clusterIP: "10.43.0.1" });
    const slices = await admin((client) =>
      client.list("discovery.k8s.io/v1", "EndpointSlice", { namespace: "default" }),
    );
    expect(slices[0]?.["endpoints"]).to.have.deep.nested.property("[0].addresses", ["198.18.0.10"]);
  });

  it("refuses whoever shows no certificate, or one of an authority that is not its own", async () => {
    const text = readFileSync(layout.kubeconfig, "utf8");
    const { clusters } = JSON.parse(text) as { clusters: { cluster: { server: string } }[] };
    const server = clusters[0]!.cluster.server;
    const authorityFile = certificateFile(layout.pki, "server-ca");
    for (const path of ["/healthz", "/version", "/api/v1/namespaces"])
      expect(await whyNotReady({ kind: "https", url: `${server}${path}`, authorityFile }, "")).to.include("401");

    const plan = { signedBy: "client-ca", use: ["client"], commonName: "eve", organization: "system:masters" } as const;
    const forged = await issueCertificate({ name: "eve", ...plan }, await makeAuthority("eve's own"));
    const file = join(layout.root, "forged");
    writePrivateFile(file, kubeconfigText(server, readFileSync(authorityFile, "utf8"), "eve", forged));
    const refused = await as(file, (client) => client.list("v1", "Namespace")).catch(statusCode);
    expect(refused).to.equal(401);
  });

  it("is not believed by a client that trusts another authority", async () => {
    const port = readPorts(layout)["kube-apiserver"];
    const probe = { kind: "https", authorityFile: certificateFile(layout.pki, "client-ca") } as const;
    expect(await whyNotReady({ ...probe, url: `https://127.0.0.1:${port}/readyz` }, "")).to.match(/certificate/);
  });

  it("keeps etcd closed to everyone but the API server, cluster administrators included", async () => {
    const url = `https://127.0.0.1:${readPorts(layout)["etcd-client"]}/health`;
    const probe = { kind: "https", url, authorityFile: certificateFile(layout.pki, "etcd-ca") } as const;
    expect(await whyNotReady(probe, "")).to.be.a("string");
    const client = {
      certificateFile: certificateFile(layout.pki, "client-admin"),
      keyFile: keyFile(layout.pki, "client-admin"),
    };
    expect(await whyNotReady({ ...probe, client }, "")).to.be.a("string");
  });

  it("gives each identity its own rights: the scheduler reads no Secrets, kwok administers", async () => {
    const secrets = (identity: string) =>
      as(componentKubeconfig(layout, identity), (client) => client.list("v1", "Secret", { namespace: "default" }));
    expect(await secrets("kube-scheduler").catch(statusCode)).to.equal(403);
    expect(await secrets("kwok")).to.be.an("array");
  });

  it("enforces PodSecurity where a namespace asks for it", async () => {
    const namespace = {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "restricted", labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
    };
    const pod: AnyObject = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "privileged", namespace: "restricted" },
      spec: { containers: [{ name: "shell", image: "busybox", securityContext: { privileged: true } }] },
    };
    const message = await admin(async (client) => {
      await client.create(namespace);
      return untilAdmitted(() => client.create(pod));
    });
    expect(message).to.include('violates PodSecurity "restricted');
  });

  it("whose API server is killed is reported dead with its log, and restored with its data by the next up", async () => {
    await admin((client) => client.create({ ...marker, data: { kept: "yes" } }));
    const before = pids();
    await kill("kube-apiserver");
    const status = await stateOf("kube-apiserver");
    expect(status.state).to.equal("dead");
    expect(status.lastLog).to.not.be.empty;

    const { components } = await up();
    // Its clients start anew as well: their back-off from the outage would last longer.
    expect(components.filter(({ action }) => action === "kept").map(({ name }) => name)).to.deep.equal(["etcd"]);
    expect(pids().filter((pid, index) => pid === before[index])).to.have.lengthOf(1);
    expect(await admin((client) => client.get(marker))).to.have.deep.property("data", { kept: "yes" });
  });

  it("is whole again, data included, after all its processes were killed and a port was taken meanwhile", async () => {
    for (const name of programs) await kill(name);
    const taken = readPorts(layout)["kube-apiserver"]!;
    const other = createServer().listen(taken, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    try {
      const { movedPorts, server } = await up();
      expect(movedPorts.map(({ name, from }) => ({ name, from }))).to.deep.equal([
        { name: "kube-apiserver", from: taken },
      ]);
      expect(server).not.to.include(String(taken));
    } finally {
      other.close();
    }
    expect(await admin((client) => client.get(marker))).to.have.deep.property("data", { kept: "yes" });
  });

  it("reports a component that cannot start, by name, exit code and last log lines", async () => {
    await kill("kube-scheduler");
    const failing = join(layout.root, "failing-scheduler");
    writeFileSync(failing, "#!/bin/sh\necho no luck today\nexit 9\n", { mode: 0o755 });
    const message = await startControlPlane({
      layout,
      tools: { ...tools, "kube-scheduler": failing },
      kwokConfigs,
    }).catch((error: unknown) => (error as Error).message);
    expect(message).to.match(
      /^kube-scheduler ended with exit code 9\. Last lines of .*kube-scheduler\.log:\n {2}no luck today$/,
    );
    await up();
    expect((await stateOf("kube-scheduler")).state).to.equal("ready");
  });

  it("never touches a stranger's process that a stale record points at", async () => {
    alien = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
    await kill("kwok");
    const record = readRunRecord(layout, "kwok")!;
    writeRunRecord(layout, "kwok", { ...record, pid: alien.pid! });
    expect((await stateOf("kwok")).state).to.equal("dead");
    await up();
    expect(processIdentity(alien.pid!)).to.be.a("string");
    expect(readRunRecord(layout, "kwok")?.pid).not.to.equal(alien.pid);
  });

  it("takes back a component whose record was lost", async function () {
    if (process.platform !== "linux") this.skip();
    const { pid } = readRunRecord(layout, "etcd")!;
    removeRunRecord(layout, "etcd");
    await up();
    expect(processIdentity(pid)).to.be.undefined;
    expect((await stateOf("etcd")).state).to.equal("ready");
  });

  it("leaves no process behind, not even one whose record was lost, and spares the stranger", async () => {
    const all = pids();
    removeRunRecord(layout, "kube-scheduler");
    const stopped = await stopControlPlane(layout);
    expect(stopped).to.deep.equal(programs.filter((name) => name !== "kube-scheduler"));
    expect(all.filter((pid) => pid !== undefined && processIdentity(pid) !== undefined)).to.be.empty;
    expect(markedProcesses(layout)).to.be.empty;
    expect(processIdentity(alien!.pid!)).to.be.a("string");
    expect((await labStatus(layout)).every(({ state }) => state === "stopped")).to.be.true;
  });
});

// A namespace needs a moment until its default service account is there; before that, every pod is refused for it.
async function untilAdmitted(create: () => Promise<unknown>): Promise<string> {
  for (;;) {
    const message = await create().then(() => "created", apiMessage);
    if (!/serviceaccount .* not found/.test(message)) return message;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
