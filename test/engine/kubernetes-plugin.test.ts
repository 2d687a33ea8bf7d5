import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { expect } from "chai";

import { type AnyObject, ClusterClient, loadKubeConfig } from "../../kube/client.ts";
import { type Env, ScratchStack } from "./scratch-stack.ts";

const namespace = "kubernetes-plugin-test";

const program = `
import * as pulumi from "@pulumi/pulumi";
import * as k8s from "@pulumi/kubernetes";
const say = (name, otherwise) => process.env[name] ?? otherwise;
const provider = new k8s.Provider("cluster", {
  kubeconfig: process.env.KUBECONFIG, clusterIdentifier: "scratch", enableConfigMapMutable: say("MUTABLE", "true") === "true",
});
const namespace = "${namespace}";
const home = new k8s.core.v1.Namespace("namespace", { metadata: { name: namespace } }, { provider });
const inside = { provider, dependsOn: home };
const skipAwait = { "pulumi.com/skipAwait": "true" };
const config = new k8s.core.v1.ConfigMap("config", {
  metadata: { name: "config", namespace }, data: { level: say("LEVEL", "info"), "a.b": "c" },
}, inside);
const named = new k8s.core.v1.ConfigMap("named", { metadata: { namespace }, data: { uid: config.metadata.uid } }, inside);
new k8s.core.v1.Secret("secret", { metadata: { name: "secret", namespace }, stringData: { password: pulumi.secret("hunter2-hunter2") } }, inside);
new k8s.apps.v1.Deployment("deployment", {
  metadata: { name: "deployment", namespace, annotations: skipAwait },
  spec: {
    replicas: Number(say("REPLICAS", "1")),
    selector: { matchLabels: { app: say("APP", "a") } },
    template: {
      metadata: { labels: { app: say("APP", "a") } },
      spec: {
        hostNetwork: false,
        containers: [{
          name: "main", image: say("IMAGE", "example/main:1"), args: [],
          env: [{ name: "TOKEN", value: pulumi.secret("token-of-the-test") }],
          resources: { limits: { cpu: "0.5", memory: "1024Mi" } },
        }],
      },
    },
  },
}, inside);
const service = new k8s.core.v1.Service("service", {
  metadata: { name: "service", namespace, annotations: skipAwait },
  spec: { selector: { app: "a" }, ports: [{ port: Number(say("PORT", "80")) }] },
}, inside);
new k8s.core.v1.PersistentVolumeClaim("claim", {
  metadata: { name: "claim", namespace, annotations: skipAwait },
  spec: { storageClassName: "none", accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1024Mi" } } },
}, inside);
new k8s.rbac.v1.RoleBinding("binding", {
  metadata: { name: "binding", namespace },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: say("ROLE", "view") },
  subjects: [{ kind: "ServiceAccount", name: "default", namespace }],
}, inside);
const crd = new k8s.apiextensions.v1.CustomResourceDefinition("crd", {
  metadata: { name: "widgets.plugin-test.kasm.io" },
  spec: {
    group: "plugin-test.kasm.io", scope: "Namespaced", names: { plural: "widgets", singular: "widget", kind: "Widget" },
    versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: {
      type: "object", properties: { spec: { type: "object", x_kubernetes_preserve_unknown_fields: true } },
    } } }],
  },
}, { provider });
new k8s.apiextensions.CustomResource("widget", {
  apiVersion: "plugin-test.kasm.io/v1", kind: "Widget", metadata: { name: "widget", namespace },
  spec: { size: Number(say("SIZE", "1")), cpu: "0.5", list: [] },
}, { provider, dependsOn: [home, crd] });
new k8s.core.v1.ConfigMapPatch("patch", { metadata: { name: "config", namespace }, data: { patched: say("PATCH", "yes") } }, { provider, dependsOn: config });
if (process.env.WAIT) {
  new k8s.core.v1.ConfigMap("waiting", {
    metadata: { name: "waiting", namespace, annotations: { "pulumi.com/waitFor": "jsonpath={.data.ready}=yes", "pulumi.com/timeoutSeconds": "60" } },
    data: { started: "yes" },
  }, inside);
}
if (process.env.EXISTING) {
  new k8s.core.v1.ConfigMap("existing", { metadata: { name: "kube-root-ca.crt", namespace }, data: { own: "yes" } }, inside);
}
export const made = named.metadata.name;
export const address = service.spec.clusterIP;
`;

describe("the kubernetes stand-in under the real engine", function () {
  this.timeout(300_000);
  const client = new ClusterClient(loadKubeConfig());
  let stack: ScratchStack;
  const configMap = (name: string): AnyObject & { metadata: { name: string } } => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace },
  });
  const data = async (name: string) => (await client.get(configMap(name) as never))?.["data"];
  const appears = async (name: string) => {
    for (let tries = 0; tries < 200; tries++) {
      if (await client.get(configMap(name) as never)) return;
      await sleep(100);
    }
    throw new Error(`ConfigMap ${name} did not appear`);
  };
  const setReady = () => client.mergePatch({ ...configMap("waiting"), data: { ready: "yes" } }, "test");

  before(async () => {
    stack = await ScratchStack.make(program);
    await stack.up();
  });
  after(async () => {
    await stack.unlock();
    await stack.pulumi(["destroy", "--yes", "--skip-preview"]);
    stack.remove();
    await client.config.close();
  });

  it("has nothing to change after an up", async () => {
    await stack.run(["preview", "--expect-no-changes"]);
  });

  it("has nothing to change after a refresh, which finds nothing new", async () => {
    await stack.run(["refresh", "--yes", "--skip-preview", "--expect-no-changes"]);
    await stack.run(["preview", "--expect-no-changes"]);
  });

  it("keeps secrets out of the state file", () => {
    const encoded = Buffer.from("hunter2-hunter2").toString("base64");
    for (const text of ["hunter2", encoded, "token-of-the-test"]) expect(stack.state()).not.to.contain(text);
  });

  it("names objects after their resource, and answers what the server decided", async () => {
    expect(await stack.output("made")).to.match(/^named-[0-9a-f]{8}$/);
    expect(await stack.output("address")).to.match(/^\d+\.\d+\.\d+\.\d+$/);
  });

  const plans: [string, Env, Record<string, string>][] = [
    ["a ConfigMap's data in place", { LEVEL: "debug" }, { config: "update" }],
    ["a Deployment's image and scale in place", { IMAGE: "example/main:2", REPLICAS: "2" }, { deployment: "update" }],
    ["a Deployment's selector by replacement", { APP: "b" }, { deployment: "replace" }],
    ["a Service's port in place", { PORT: "81" }, { service: "update" }],
    ["a binding's role by replacement", { ROLE: "edit" }, { binding: "replace" }],
    ["a custom resource in place", { SIZE: "2" }, { widget: "update" }],
    ["a patch in place", { PATCH: "no" }, { patch: "update" }],
    [
      "an immutable ConfigMap by replacement, and what reads its uid",
      { LEVEL: "debug", MUTABLE: "false" },
      { cluster: "update", config: "replace", named: "replace" },
    ],
  ];
  for (const [title, env, expected] of plans) {
    it(`plans ${title}`, async () => expect(await stack.changes(env)).to.deep.equal(expected));
  }

  it("carries updates and replacements out, after which nothing is left to change", async () => {
    const env = { LEVEL: "debug", IMAGE: "example/main:2", APP: "b", PORT: "81", ROLE: "edit", SIZE: "2", PATCH: "no" };
    await stack.up(env);
    await stack.run(["preview", "--expect-no-changes"], env);
    expect(await data("config")).to.deep.equal({ level: "debug", "a.b": "c", patched: "no" });
    await stack.up();
  });

  it("sees and repairs drift that a person made with kubectl", async () => {
    await client.mergePatch({ ...configMap("config"), data: { level: "drift" } }, "kubectl-edit");
    await stack.run(["refresh", "--yes", "--skip-preview"]);
    expect(await stack.changes()).to.deep.equal({ config: "update" });
    await stack.up();
    expect(await data("config")).to.deep.include({ level: "info" });
  });

  it("names the manager that holds a field, rather than to take it from an operator", async () => {
    await client.apply(
      { ...configMap("config"), data: { level: "theirs" } },
      { fieldManager: "operator", force: true },
    );
    await stack.run(["refresh", "--yes", "--skip-preview"]);
    const { exitCode, all } = await stack.pulumi(["up", "--yes", "--skip-preview"]);
    expect(exitCode).not.to.equal(0);
    expect(all).to.match(
      /ConfigMap kubernetes-plugin-test\/config was not updated: another field manager holds.*operator/,
    );
    await client.apply(configMap("config"), { fieldManager: "operator" });
    await stack.run(["refresh", "--yes", "--skip-preview"]);
    await stack.up();
  });

  it("creates again what is gone from the cluster, once a refresh has seen it", async () => {
    await client.delete({ apiVersion: "v1", kind: "Secret", metadata: { name: "secret", namespace } });
    await stack.run(["refresh", "--yes", "--skip-preview"]);
    expect(await stack.changes()).to.deep.equal({ secret: "create" });
    await stack.up();
  });

  it("does not take an existing object, and says what can be done", async () => {
    const { exitCode, all } = await stack.pulumi(["up", "--yes", "--skip-preview"], { EXISTING: "1" });
    expect(exitCode).not.to.equal(0);
    expect(all).to.contain("kube-root-ca.crt exists already").and.contain("upsertExistingObjects");
    expect(await data("kube-root-ca.crt")).to.have.property("ca.crt");
  });

  it("previews without the cluster, quickly and with a warning; an update then fails with the reason", async () => {
    const dead = join(stack.folder, "dead.yaml");
    const kubeconfig = readFileSync(process.env["KUBECONFIG"] ?? "", "utf8");
    const server = `https://127.0.0.1:${await closedPort()}`;
    writeFileSync(dead, kubeconfig.replaceAll(/https:\/\/127\.0\.0\.1:\d+/g, server));
    const env = { KUBECONFIG: dead, LEVEL: "debug" };
    expect(await stack.changes(env)).to.deep.equal({ cluster: "update", config: "update" });
    const { exitCode, all } = await stack.pulumi(["up", "--yes", "--skip-preview"], env);
    expect(exitCode).not.to.equal(0);
    const reason = "the API server did not answer (ECONNREFUSED)";
    expect(all).to.contain(`the Kubernetes cluster is unreachable: ${server}: ${reason}`);
    await stack.up();
  });

  it("ends a wait at once when it is cancelled, and finishes it with the next update", async () => {
    const running = stack.pulumi(["up", "--yes", "--skip-preview"], { WAIT: "1" });
    await appears("waiting");
    const since = Date.now();
    running.kill("SIGINT");
    await running;
    expect(Date.now() - since).to.be.below(5_000);
    expect(stack.state()).to.contain("Waiting for ConfigMap kubernetes-plugin-test/waiting was cancelled");
    await setReady();
    await stack.up({ WAIT: "1" });
    await stack.up();
  });

  for (const victim of ["plugin", "engine"] as const) {
    it(`converges after a kill -9 of the ${victim} in the middle of a creation`, async () => {
      const running = stack.pulumi(["up", "--yes", "--skip-preview"], { WAIT: "1" });
      await appears("waiting");
      if (victim === "engine") running.kill("SIGKILL");
      else for (const pid of pluginsUnder(running.pid ?? 0)) process.kill(pid, "SIGKILL");
      await running;
      await sleep(1_500);
      await stack.unlock();
      await setReady();
      expect(await stack.up({ WAIT: "1" })).to.contain(
        "was created by an interrupted run of this resource and is taken over",
      );
      await stack.run(["refresh", "--yes", "--skip-preview", "--clear-pending-creates"], { WAIT: "1" });
      await stack.run(["preview", "--expect-no-changes"], { WAIT: "1" });
      await stack.up();
    });
  }

  it("deletes everything, waits for it, and leaves nothing", async () => {
    await stack.run(["destroy", "--yes", "--skip-preview"]);
    expect(await client.get({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } })).to.equal(
      undefined,
    );
  });
});

/** A port of this machine that nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Kubernetes plugins among the children of a process. */
function pluginsUnder(parent: number): number[] {
  const processes = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return processes.map(Number).filter((pid) => {
    try {
      const isChild = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ")[1] === String(parent);
      return isChild && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("plugins/kubernetes/main.ts");
    } catch {
      return false;
    }
  });
}
