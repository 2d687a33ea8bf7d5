import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { execa } from "execa";
import { ClusterClient, loadKubeConfig } from "../../kube/client.ts";
import { labLayout } from "../../lab/cluster/layout.ts";
import { labStatus } from "../../lab/cluster/status.ts";
import { LabStack, checkout } from "./lab-stack.ts";
import type { Run } from "./lab-stack.ts";

const layout = labLayout(checkout);

// The real program on the real engine: stack `lab`, as `npm run lab` left it. The cases build on each other.
describe("the program on the lab", () => {
  const client = new ClusterClient(loadKubeConfig({ file: layout.kubeconfig }));
  const stack = new LabStack();
  after(async () => {
    stack.restore();
    await client.config.close();
  });

  it("has nothing to do after `npm run lab`: preview is clean", () => stack.hasNothingToDo());

  it("has nothing to repair after a refresh", async () => {
    // The first refresh may find news in what others own: addresses and times of the Service kube-system/traefik.
    await stack.run("refresh", "--yes");
    await stack.run("refresh", "--preview-only", "--expect-no-changes");
    await stack.hasNothingToDo();
  });

  it("shows 8 slices per physical GPU on each GPU node", async () => {
    expect(await slices()).to.deep.equal({ "k3s-gpu-0": 16, "k3s-gpu-1": 16 });
  });

  it("answers stack output --json with the documented keys, and keeps the password back", async () => {
    const { stdout } = await stack.pulumi("stack", "output", "--json");
    const outputs = JSON.parse(stdout) as Record<string, unknown>;
    expect(outputs).to.have.all.keys(
      ...["adminPassword", "adminUser", "agents", "capacity", "checks", "dns", "namespaces", "turn", "urls"],
    );
    expect(outputs["adminPassword"]).to.equal("[secret]");
    expect(outputs["dns"]).to.deep.include({
      name: "*.desktops.lab.localhost",
      type: "A",
      ttl: 300,
      values: ["198.18.0.10", "198.18.0.11", "198.18.0.12"],
    });
  });

  it("leaves no password in plain text: not in state, logs, Helm values or manifests", async () => {
    const { data } = (await client.get(kasmSecret)) as { data: Record<string, string> };
    const passwords = Object.values(data).map((value) => Buffer.from(value, "base64").toString());
    expect(passwords).to.have.lengthOf(5);
    const helm = await Promise.all(
      ["values", "manifest"].map((what) => execa("helm", ["get", what, "kasm", "--namespace", "kasm"])),
    );
    const texts = [
      ...[layout.pulumiState, layout.logs].flatMap(filesBelow).map((file) => readFileSync(file, "utf8")),
      ...helm.map(({ stdout }) => stdout),
    ];
    for (const password of passwords)
      expect(texts.some((text) => text.includes(password) || text.includes(btoa(password)))).to.equal(false);
  });

  it("previews a changed gpuCount as exactly the checks before and after, and applies it", async () => {
    stack.edit((config) => {
      config["kasm-vdi:gpuCount"] = 6;
      config["kasm-vdi:nodePools"] = [
        { name: "server", count: 1 },
        { name: "gpu", count: 2, gpusPerNode: 3 },
      ];
    });
    expect(await stack.changes()).to.deep.equal({ "preflight-checks": "update", "gpu-capacity": "update" });
    await stack.up();
    expect(await slices()).to.deep.equal({ "k3s-gpu-0": 24, "k3s-gpu-1": 24 });
    await stack.hasNothingToDo();
  });

  it("previews a changed replicasPerGpu as a new sharing config, the release that refers to it, and the checks before and after", async () => {
    stack.edit((config) => {
      config["kasm-vdi:nodePools"] = [
        { name: "server", count: 1 },
        { name: "gpu", count: 2, gpusPerNode: 3, replicasPerGpu: 4 },
      ];
    });
    const changed = await stack.changes();
    const expected = ["gpu-capacity", "gpu-release", "gpu-time-slicing", "preflight-checks"];
    expect(Object.keys(changed).sort()).to.deep.equal(expected);
    await stack.up();
    expect(await slices()).to.deep.equal({ "k3s-gpu-0": 12, "k3s-gpu-1": 12 });
  });

  it("answers a bad config with every problem at once, without a stack trace, and changes nothing", async () => {
    stack.edit((config) => {
      config["kasm-vdi:gpuCount"] = 7;
      config["kasm-vdi:nodecuont"] = 3;
    });
    const { exitCode, all } = await stack.pulumi("up", "--yes", "--skip-preview");
    expect(exitCode).not.to.equal(0);
    expect(all).to.match(/Pulumi\.lab\.yaml: 2 problems/);
    expect(all).to.match(/kasm-vdi:nodecuont\s+unknown key; did you mean nodeCount\?/);
    expect(all).to.match(/kasm-vdi:gpuCount\s+7, but nodePools add up to 6/);
    expect(all).not.to.contain("    at ");
    stack.restore();
  });

  it("destroys all but what is meant to stay: the CRDs that Helm never deletes, and everything of K3s", async () => {
    await stack.destroy();
    const names = async (apiVersion: string, kind: string) =>
      (await client.list(apiVersion, kind)).map(({ metadata }) => metadata?.name);
    expect(await names("v1", "Namespace")).to.have.members([
      "default",
      "kube-node-lease",
      "kube-public",
      "kube-system",
    ]);
    const crds = await names("apiextensions.k8s.io/v1", "CustomResourceDefinition");
    expect(crds.filter((name) => /nvidia|kasm/.test(name ?? ""))).to.have.members([
      ...["clusterpolicies.nvidia.com", "gpuclusters.nvidia.com", "nvidiadrivers.nvidia.com"],
      ...["computedomaincliques.resource.nvidia.com", "computedomains.resource.nvidia.com"],
    ]);
    expect(crds).to.include("ingressroutes.traefik.io");
    const local = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "local-path-config", namespace: "kube-system" },
    };
    expect(await client.get(local)).to.have.nested.property("data.setup");
  });

  it("converges after kill -9 of the API server in the middle of an up", async () => {
    const up = stack.pulumi("up", "--yes", "--skip-preview");
    await says(up, /gpu-release creating/);
    const { pid } = (await labStatus(layout)).find(({ name }) => name === "kube-apiserver")!;
    process.kill(pid!, "SIGKILL");
    await sleep(3_000);
    // Restarts the API server; the platform itself is still in the hands of the engine that runs.
    await runLab();
    await up;
    await lab();
    await stack.hasNothingToDo();
  });

  it("converges after kill -9 of the kubernetes plugin in the middle of an up", async () => {
    await stack.destroy();
    const up = stack.pulumi("up", "--yes", "--skip-preview");
    await says(up, /kasm-release creating/);
    process.kill(await pluginOf(up.pid!), "SIGKILL");
    expect((await up).exitCode).not.to.equal(0);
    await lab();
    await stack.hasNothingToDo();
  });

  async function slices(): Promise<Record<string, number>> {
    const nodes = await client.list("v1", "Node");
    const capacities = nodes.map(({ metadata, status }) => {
      const { capacity } = status as { capacity: Record<string, string> };
      return [metadata!.name!, Number(capacity["nvidia.com/gpu"] ?? 0)] as const;
    });
    return Object.fromEntries(capacities.filter(([, count]) => count > 0));
  }
});

const kasmSecret = { apiVersion: "v1", kind: "Secret", metadata: { name: "kasm-secrets", namespace: "kasm" } };

function runLab() {
  return execa("node", ["lab/main.ts"], { cwd: checkout, reject: false, all: true });
}

async function lab(): Promise<void> {
  const { exitCode, all } = await runLab();
  expect(exitCode, all).to.equal(0);
}

function says(run: Run, pattern: RegExp): Promise<void> {
  let heard = "";
  return new Promise((resolve, reject) => {
    run.all.on("data", (chunk: Buffer) => {
      heard += chunk.toString();
      if (pattern.test(heard)) resolve();
    });
    run.all.once("end", () => reject(new Error(`the engine ended without saying ${pattern.source}:\n${heard}`)));
  });
}

/** The process of the kubernetes plugin below the given engine. */
async function pluginOf(engine: number): Promise<number> {
  const { stdout } = await execa("ps", ["-eo", "pid=,ppid=,args="]);
  const processes = stdout.split("\n").map((line) => {
    const [pid, parent, ...args] = line.trim().split(/\s+/);
    return { pid: Number(pid), parent: Number(parent), args: args.join(" ") };
  });
  const plugin = processes.find(({ parent, args }) => parent === engine && /kubernetes/.test(args));
  if (!plugin) throw new Error("the engine has no kubernetes plugin");
  return plugin.pid;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile());
}
