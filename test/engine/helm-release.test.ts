import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { execa } from "execa";
import { ClusterClient, loadKubeConfig } from "../../kube/client.ts";
import { readRevisions } from "../../lab/plugins/kubernetes/helm/record.ts";
import { demoChart } from "../lab/plugins/kubernetes/helm/demo-chart.ts";
import { type Env, ScratchStack } from "./scratch-stack.ts";

const namespace = "helm-release-test";
const name = "helm-release-demo";

const program = `
import * as pulumi from "@pulumi/pulumi";
import * as k8s from "@pulumi/kubernetes";
const say = (name, otherwise) => process.env[name] ?? otherwise;
const provider = new k8s.Provider("cluster", { kubeconfig: process.env.KUBECONFIG, clusterIdentifier: "scratch" });
const home = new k8s.core.v1.Namespace("home", { metadata: { name: "${namespace}" } }, { provider });
const release = new k8s.helm.v3.Release("demo", {
  name: "${name}", namespace: "${namespace}", chart: process.env.CHART, timeout: Number(say("TIMEOUT", "60")),
  values: {
    replicas: Number(say("REPLICAS", "1")), cpu: say("CPU", "10m"), password: pulumi.secret("hunter2-hunter2"),
    ...(process.env.WITH_UID ? { uid: home.metadata.uid } : {}),
  },
}, { provider, dependsOn: home, ...(process.env.IMPORT ? { import: process.env.IMPORT } : {}) });
export const status = release.status;
export const names = release.resourceNames;
`;

const templates = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}, labels: {known: {{ (lookup "v1" "Namespace" "" .Release.Namespace).metadata.name | quote }}}}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: {{ .Release.Name }}}}
  template:
    metadata: {labels: {app: {{ .Release.Name }}}}
    spec:
      containers: [{name: web, image: example/web, resources: {requests: {cpu: {{ .Values.cpu | quote }}}}}]
---
apiVersion: v1
kind: Secret
metadata: {name: {{ .Release.Name }}-before, annotations: {helm.sh/hook: pre-install}}
stringData: {password: {{ .Values.password | quote }}}
---
apiVersion: batch/v1
kind: Job
metadata: {name: {{ .Release.Name }}-after, annotations: {helm.sh/hook: "post-install"}}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: job, image: example/job}]}}}
`;

interface Exported {
  deployment: { resources: { urn: string }[] };
}

// One release; the tests build on each other's state in this order.
describe("helm.v3.Release with the real engine and helm", function () {
  this.timeout(180_000);
  const chart = demoChart({ name: "demo", version: "1.2.3", appVersion: "9" }, { "templates/all.yaml": templates });
  const good: Env = { CHART: chart };
  const bad: Env = { CHART: chart, CPU: "9999", TIMEOUT: "5" };
  const config = loadKubeConfig();
  const client = new ClusterClient(config);
  let stack: ScratchStack;

  before(async () => {
    stack = await ScratchStack.make(program);
  });
  after(async () => {
    await stack.unlock();
    await stack.run(["destroy", "--yes", "--skip-preview"], good);
    stack.remove();
    await config.close();
  });
  const statuses = async () => (await readRevisions(client, namespace, name)).map(({ status }) => status);
  const object = (apiVersion: string, kind: string, suffix = "") =>
    client.get({ apiVersion, kind, metadata: { name: `${name}${suffix}`, namespace } });

  it("previews the installation, values that are not known yet included", async () => {
    expect(await stack.changes({ ...good, WITH_UID: "yes" })).to.include({ demo: "create" });
    expect(await statuses()).to.deep.equal([]);
  });

  it("refuses a chart that is not there already in the preview, and says what to do", async () => {
    const { exitCode, all } = await stack.pulumi(["preview"], { CHART: "./missing" });
    expect(exitCode).not.to.equal(0);
    expect(all)
      .to.contain('chart "./missing" could not be loaded: no chart at ./missing')
      .and.contain("relative to the program's folder");
  });

  it("installs the chart with its hooks and lookups, and gives helm's status", async () => {
    await stack.up(good);
    expect(JSON.parse(await stack.output("status"))).to.include({
      chart: "demo",
      revision: 1,
      status: "deployed",
      version: "1.2.3",
    });
    expect(JSON.parse(await stack.output("names"))).to.deep.equal({ "Deployment.apps/apps/v1": [name] });
    expect(await object("v1", "Secret", "-before")).not.to.equal(undefined);
    expect((await object("batch/v1", "Job", "-after"))?.["status"]).to.include({ succeeded: 1 });
    expect((await object("apps/v1", "Deployment"))?.metadata?.labels).to.include({ known: namespace });
  });

  it("has nothing to do on the next run, and after a refresh", async () => {
    await stack.run(["preview", "--expect-no-changes"], good);
    await stack.run(["refresh", "--yes", "--skip-preview", "--expect-no-changes"], good);
  });

  it("keeps the secret value out of the state and out of what is printed", async () => {
    expect(stack.state()).not.to.contain("hunter2");
    expect(await stack.run(["preview", "--diff"], { ...good, REPLICAS: "2" })).not.to.contain("hunter2");
  });

  it("previews and makes an upgrade of exactly the changed value", async () => {
    const shown = await stack.run(["preview", "--diff"], { ...good, REPLICAS: "2" });
    expect(shown).to.match(/~ replicas: 1 => 2/);
    await stack.up({ ...good, REPLICAS: "2" });
    expect(await statuses()).to.deep.equal(["superseded", "deployed"]);
  });

  it("records a failed upgrade with the reason, and repairs it with the next run", async () => {
    const { exitCode, all } = await stack.pulumi(["up", "--yes", "--skip-preview"], bad);
    expect(exitCode).not.to.equal(0);
    expect(all).to.contain("Insufficient cpu").and.contain(`helm status ${name} -n ${namespace}`);
    await stack.up(good);
    expect((await statuses()).at(-1)).to.equal("deployed");
    await stack.run(["preview", "--expect-no-changes"], good);
  });

  it("sees values that somebody changed with helm, and sets them back", async () => {
    await execa("helm", ["upgrade", name, chart, "-n", namespace, "--reuse-values", "--set", "replicas=3"]);
    await stack.run(["refresh", "--yes", "--skip-preview"], good);
    expect(await stack.changes(good)).to.deep.equal({ demo: "update" });
    await stack.up(good);
    expect((await object("apps/v1", "Deployment"))?.["spec"]).to.include({ replicas: 1 });
  });

  it("recovers an upgrade whose helm was killed", async () => {
    const run = stack.pulumi(["up", "--yes", "--skip-preview"], { ...bad, TIMEOUT: "60" });
    await killHelm("upgrade", async () => (await statuses()).at(-1) === "pending-upgrade");
    expect((await run).exitCode).not.to.equal(0);
    const all = await stack.up(good);
    expect(all).to.contain("an interrupted run left revision");
    expect((await statuses()).at(-1)).to.equal("deployed");
  });

  it("does not take over a release that is there, unless it is imported", async () => {
    const state = JSON.parse(await stack.run(["stack", "export", "--show-secrets"])) as Exported;
    state.deployment.resources = state.deployment.resources.filter(({ urn }) => !urn.endsWith("::demo"));
    const file = join(stack.folder, "state.json");
    writeFileSync(file, JSON.stringify(state));
    await stack.run(["stack", "import", "--file", file]);

    const { all } = await stack.pulumi(["up", "--yes", "--skip-preview"], good);
    expect(all).to.contain(`pulumi import kubernetes:helm.sh/v3:Release NAME ${namespace}/${name}`);
    await stack.up({ ...good, IMPORT: `${namespace}/${name}` });
    await stack.up(good);
    await stack.run(["preview", "--expect-no-changes"], good);
  });

  it("installs again what an interrupted first installation left behind", async () => {
    await stack.run(["destroy", "--yes", "--skip-preview"], good);
    expect(await object("apps/v1", "Deployment")).to.equal(undefined);
    const run = stack.pulumi(["up", "--yes", "--skip-preview"], { ...bad, TIMEOUT: "60" });
    await killHelm("install", async () => (await statuses()).at(-1) === "pending-install");
    await run;
    expect(await stack.up(good)).to.contain("installing again");
    expect(await statuses()).to.deep.equal(["deployed"]);
  });

  // The process of this release only, by its id.
  async function killHelm(verb: string, isBusy: () => Promise<boolean>): Promise<void> {
    for (let tries = 0; !(await isBusy()); tries += 1) {
      if (tries > 100) expect.fail(`helm ${verb} did not begin`);
      await sleep(200);
    }
    const { stdout } = await execa("pgrep", ["-f", `^\\S*helm ${verb} ${name} `]);
    for (const pid of stdout.split("\n")) process.kill(Number(pid), "SIGKILL");
  }
});
