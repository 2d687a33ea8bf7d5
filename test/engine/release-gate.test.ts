import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { expect } from "chai";
import { failedRevision, newestRevision, readRevision } from "../../helm/revision.ts";
import { ClusterClient, loadKubeConfig } from "../../kube/client.ts";
import type { AnyObject } from "../../kube/client.ts";
import { isReadyOrDone } from "./edited-stack.ts";
import { copyChart, given, kasmStack } from "./kasm-stack.ts";
import type { ScratchStack } from "./scratch-stack.ts";

const namespace = "release-gate";
const unscheduled =
  /pod kasm-api-default-\S+: cannot be scheduled: 0\/\d+ nodes are available: .*node affinity\/selector/;

const stuckHook = `
apiVersion: batch/v1
kind: Job
metadata:
  name: stuck
  annotations: { helm.sh/hook: pre-upgrade }
spec:
  template:
    spec:
      restartPolicy: Never
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: RuntimeDefault } }
      containers:
        - name: stuck
          image: lab.invalid/fault-image-pull:1
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } }
`;

// The cases build on each other.
describe("the gate after a Helm release, on the lab", () => {
  const client = new ClusterClient(loadKubeConfig());
  let stack: ScratchStack;
  let template: string;
  let original: string;

  before(async () => {
    stack = await kasmStack(namespace);
    template = join(copyChart(stack, "first", "1.1190.5", "1.18.1"), "templates", "api.yaml");
    original = readFileSync(template, "utf8");
  });
  after(async () => {
    await stack.pulumi(["destroy", "--yes", "--skip-preview"], given({}));
    stack.remove();
    await client.config.close();
  });

  it("lets `up` end when all that Helm has installed runs", async () => {
    await stack.up(given({}));
    const pods = await client.list("v1", "Pod", { namespace });
    expect(pods.filter((pod) => !isReadyOrDone(pod)).map(({ metadata }) => metadata?.name)).to.deep.equal([]);
    expect(await stack.changes(given({}))).to.deep.equal({});
  });

  it("runs again when only the content of a chart's folder has changed, and so do Helm and the clean-up before it", async () => {
    writeFileSync(template, original.replace("    spec:\n", "    spec:\n      nodeSelector: { nowhere: here }\n"));
    expect(await stack.changes(given(brief))).to.deep.equal({
      "kasm-pre-upgrade": "update",
      "kasm-release": "update",
      "kasm-rollout": "update",
    });
  });

  it("fails with the names of the pods that do not run, and why, and tells both while it waits", async () => {
    const all = await refused();
    expect(all).to.match(unscheduled);
    expect(all).to.match(/waiting: Deployment release-gate\/kasm-api-default has \d of 1 pods ready; /);
    expect(all).to.match(/Gave up after 8 s/);
    expect(all).not.to.contain("    at ");
  });

  it("fails again in a run without changes, and after a refresh", async () => {
    expect(Object.keys(await stack.changes(given(brief)))).to.deep.equal(["kasm-rollout"]);
    expect(await refused()).to.match(unscheduled);
    await stack.run(["refresh", "--yes", "--skip-preview"], given(brief));
    expect(await refused()).to.match(unscheduled);
  });

  it("looks again when the chart is what it was before, which the state of the gate still says", async () => {
    writeFileSync(template, original);
    expect(await stack.changes(given({}))).to.have.property("kasm-rollout", "update");
    await stack.up(given({}));
    expect(await stack.changes(given({}))).to.deep.equal({});
  });

  it("lets Helm go on where it was killed in an upgrade", async () => {
    await interrupt("pending-upgrade");
    const all = await stack.up(given({ domain: "other.example.com" }));
    expect(all).to.match(/Helm was interrupted at revision \d+ of release release-gate\/kasm, and goes on from there/);
    expect((await newest()).status).to.equal("deployed");
  });

  it("lets Helm go on where it was killed in the first install: objects that are there are taken over", async () => {
    const job = { apiVersion: "apps/v1", kind: "StatefulSet", metadata: { namespace, name: "kasm-db-1-18-1" } };
    const database = await client.get(job);
    await stack.run(["state", "delete", "--yes", "--target-dependents", await urnOf("kasm-release")]);
    await interrupt("pending-install");
    await stack.up(given({ domain: "other.example.com" }));
    expect((await newest()).status).to.equal("deployed");
    expect((await client.get(job))?.metadata?.uid).to.equal(database?.metadata?.uid);
  });

  it("names the command for a release that Pulumi may not have in its state", async () => {
    const { metadata } = await newestRecord();
    const annotations = { "kasm-vdi.io/recorded": "" };
    await client.mergePatch({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { namespace, name: metadata?.name ?? "", annotations },
    });
    expect(await stack.up(given({ domain: "other.example.com" }))).to.match(/run `npm run recover test`/);
  });

  it("is red over a release that Helm has given up, also when a refresh has forgotten it, and says what mends it", async () => {
    const record = await newestRecord();
    await client.mergePatch(failedRevision(record, "timed out waiting for the condition", new Date()));
    await stack.run(["refresh", "--yes", "--skip-preview"], given({ domain: "other.example.com" }));
    await stack.run(["state", "delete", "--yes", await urnOf("kasm-rollout")]);
    const all = await refused({ domain: "other.example.com" });
    expect(all).to.match(/Helm has revision \d+ of release release-gate\/kasm as failed: timed out waiting/);
    expect(all).to.match(/kubectl delete secret --namespace release-gate --selector owner=helm,name=kasm/);
    for (const { metadata } of await records())
      await client.delete({ apiVersion: "v1", kind: "Secret", metadata: { namespace, name: metadata?.name ?? "" } });
    await stack.run(["up", "--yes", "--skip-preview", "--refresh"], given({ domain: "other.example.com" }));
    expect((await newest()).status).to.equal("deployed");
  });

  it("names the pods of a hook that Helm has given up, before Helm tries again", async () => {
    const hook = join(template, "..", "hook.yaml");
    writeFileSync(hook, stuckHook);
    const changes = { domain: "other.example.com", timeoutSeconds: 8 };
    expect(await refused(changes)).to.match(/pre-upgrade hooks failed: .*timed out/s);
    const all = await refused(changes);
    expect(all).to.match(/Helm has failed at revision \d+ of release release-gate\/kasm: .*timed out/);
    expect(all).to.match(
      /Job release-gate\/stuck has not ended; pod stuck-\S+: Image lab\.invalid\/\S+ cannot be pulled/,
    );
    rmSync(hook);
    await stack.up(given({ domain: "other.example.com" }));
  });

  const brief = { timeoutSeconds: 8 };

  async function refused(changes: object = brief): Promise<string> {
    const { exitCode, all } = await stack.pulumi(["up", "--yes", "--skip-preview"], given(changes));
    expect(exitCode, all).not.to.equal(0);
    return all;
  }

  function records(): Promise<AnyObject[]> {
    return client.list("v1", "Secret", { namespace, labelSelector: "owner=helm,name=kasm" });
  }

  async function newestRecord(): Promise<AnyObject> {
    const record = newestRevision(await records());
    if (!record) throw new Error("Helm has no record");
    return record;
  }

  async function newest() {
    return readRevision(await newestRecord());
  }

  /** Has Helm's newest record say what it says of a Helm that was killed a while ago. */
  async function interrupt(status: string): Promise<void> {
    const { metadata, data } = await newestRecord();
    const { release } = data as { release: string };
    const text = gunzipSync(Buffer.from(atob(release), "base64")).toString();
    const parsed = JSON.parse(text) as { info: object };
    const info = { ...parsed.info, status, last_deployed: new Date(Date.now() - 90_000).toISOString() };
    const stored = gzipSync(JSON.stringify({ ...parsed, info })).toString("base64");
    await client.mergePatch({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { namespace, name: metadata?.name ?? "", labels: { status } },
      data: { release: btoa(stored) },
    });
  }

  async function urnOf(name: string): Promise<string> {
    const exported = await stack.run(["stack", "export"]);
    const { deployment } = JSON.parse(exported) as { deployment: { resources: { urn: string }[] } };
    return deployment.resources.find(({ urn }) => urn.endsWith(`::${name}`))?.urn ?? "";
  }
});
