import { expect } from "chai";
import {
  installArguments,
  uninstallArguments,
  upgradeArguments,
} from "../../../../../lab/plugins/kubernetes/helm/arguments.ts";
import { chartSource } from "../../../../../lab/plugins/kubernetes/helm/chart.ts";
import { decodeRelease } from "../../../../../lab/plugins/kubernetes/helm/inputs.ts";
import type { HelmRecord } from "../../../../../lab/plugins/kubernetes/helm/record.ts";
import { outputsOf, previewOutputs } from "../../../../../lab/plugins/kubernetes/helm/outputs.ts";
import { planCreate, planUpdate } from "../../../../../lab/plugins/kubernetes/helm/recovery.ts";
import { redact, secretTexts } from "../../../../../lab/plugins/kubernetes/helm/redact.ts";
import { Unknown, secret } from "../../../../../lab/plugins/rpc/property.ts";
import type { PropertyMap } from "../../../../../lab/plugins/rpc/property.ts";

const release = (over: PropertyMap = {}) =>
  decodeRelease({ name: "kasm", namespace: "apps", chart: "./demo", timeout: 300, ...over }).release;

const record = (version: number, status: string, description = ""): HelmRecord => ({
  name: "kasm",
  namespace: "apps",
  version,
  info: { status, description },
  chart: { metadata: { name: "demo", version: "1.2.3", appVersion: "9" } },
  config: { replicas: 2 },
  manifest: [
    "# Source: demo/templates/a.yaml\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: apps}",
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}",
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}",
    "# nothing rendered",
  ].join("\n---\n"),
});

describe("the outputs of a Release", () => {
  it("name the objects by kind and give helm's status", () => {
    const outputs = outputsOf(release(), record(4, "deployed"), { name: "kasm" });
    expect(outputs.resourceNames).to.deep.equal({
      "ConfigMap/v1": ["a", "b"],
      "Deployment.apps/apps/v1": ["apps/web"],
    });
    expect(outputs.status).to.deep.equal({
      appVersion: "9",
      chart: "demo",
      name: "kasm",
      namespace: "apps",
      revision: 4,
      status: "deployed",
      version: "1.2.3",
    });
  });

  it("keep the inputs as one secret, and the secrets among the values", () => {
    const inputs = { values: { password: secret("hunter2"), replicas: 1 } };
    const outputs = outputsOf(release({ values: { password: "hunter2", replicas: 1 } }), record(1, "deployed"), inputs);
    expect(outputs.__inputs).to.deep.equal(secret(inputs));
    expect(outputs.values).to.deep.equal({ password: secret("hunter2"), replicas: 2 });
  });

  it("of a preview are known but for names, status and what was unknown", () => {
    const inputs = { ...release(), values: { host: new Unknown() } };
    const outputs = previewOutputs(decodeRelease(inputs).release, inputs);
    expect(outputs).to.deep.include({ name: "kasm", resourceNames: new Unknown(), status: new Unknown() });
    expect(outputs.values).to.deep.equal({ host: new Unknown() });
  });
});

describe("where a chart comes from", () => {
  const source = (inputs: PropertyMap, found: string[] = []) =>
    chartSource(release(inputs), (name) => found.includes(name));

  it("is the repository when its URL is given, even beside a folder of the same name", () => {
    const repositoryOpts = { repo: "https://helm.ngc.nvidia.com/nvidia" };
    expect(source({ chart: "gpu-operator", repositoryOpts }, ["gpu-operator"])).to.deep.equal({
      from: "repository",
      url: "https://helm.ngc.nvidia.com/nvidia",
      name: "gpu-operator",
    });
  });

  it("is the folder, as an absolute path", () => {
    expect(source({ chart: "./demo" }, ["./demo"])).to.deep.equal({ from: "path", path: `${process.cwd()}/demo` });
  });

  it("is an address, or an alias of the user's own helm when repositoryOpts.repo is no URL", () => {
    expect(source({ chart: "oci://ghcr.io/x/y" })).to.deep.equal({ from: "address", address: "oci://ghcr.io/x/y" });
    expect(source({ chart: "nginx", repositoryOpts: { repo: "bitnami" } })).to.deep.equal({
      from: "alias",
      name: "bitnami/nginx",
    });
  });

  it("is not guessed", () => {
    expect(() => source({ chart: "bitnami/nginx" })).to.throw("repositoryOpts.repo is not set");
  });
});

describe("the arguments of helm", () => {
  it("never hold values or a password", () => {
    const full = release({
      values: { a: "hunter2" },
      repositoryOpts: { repo: "https://x", username: "u", password: "hunter2" },
    });
    const all = [installArguments(full), upgradeArguments(full), uninstallArguments(full)].flat();
    expect(all.join(" ")).not.to.contain("hunter2");
  });

  it("wait by default, and for Jobs on request", () => {
    expect(installArguments(release({ waitForJobs: true }))).to.include.members(["--wait", "--wait-for-jobs", "300s"]);
    expect(installArguments(release({ skipAwait: true, waitForJobs: true })).join(" ")).not.to.contain("--wait");
    expect(uninstallArguments(release())).to.include("--wait");
  });

  it("drop old values on an upgrade unless they are to be reused", () => {
    expect(upgradeArguments(release())).to.include("--reset-values").and.not.include("--reuse-values");
    expect(upgradeArguments(release({ reuseValues: true })))
      .to.include("--reuse-values")
      .and.not.include("--reset-values");
  });

  it("keep the whole history unless maxHistory says otherwise", () => {
    expect(upgradeArguments(release()).join(" ")).to.contain("--history-max 0");
    expect(upgradeArguments(release({ maxHistory: 3 })).join(" ")).to.contain("--history-max 3");
  });
});

describe("what to do with a release as it is found", () => {
  const revisions = (...statuses: string[]) => statuses.map((status, index) => ({ version: index + 1, status }));

  it("creates where there is none", () => {
    expect(planCreate([], undefined, false)).to.deep.equal({ action: "install" });
  });

  it("never takes over a release that is there: it says how to import it", () => {
    const plan = planCreate(revisions("deployed"), record(1, "deployed"), false);
    expect(plan.action).to.equal("refuse");
    expect("reason" in plan && plan.reason).to.contain("pulumi import kubernetes:helm.sh/v3:Release NAME apps/kasm");
  });

  for (const [title, status, description] of [
    ["a killed helm left pending", "pending-install", "Initial install underway"],
    ["a cancelled helm marked failed", "failed", 'Release "kasm" failed: context canceled'],
  ] as const)
    it(`installs again what ${title}, so that install hooks run`, () => {
      const found = record(1, status, description);
      expect(planCreate(revisions(status), found, false).action).to.equal("reinstall");
      expect(planUpdate(revisions(status), found).action).to.equal("reinstall");
    });

  it("does not remove what failed for a reason of its own", () => {
    const failed = record(1, "failed", "context deadline exceeded");
    expect(planCreate(revisions("failed"), failed, false).action).to.equal("refuse");
    expect(planUpdate(revisions("failed"), failed).action).to.equal("upgrade");
  });

  it("rolls an interrupted upgrade back to the last revision that worked", () => {
    const found = revisions("superseded", "deployed", "failed", "pending-upgrade");
    expect(planUpdate(found, record(4, "pending-upgrade"))).to.deep.include({ action: "rollback", toRevision: 2 });
  });

  it("installs what somebody has uninstalled behind our back", () => {
    expect(planUpdate([], undefined)).to.deep.equal({ action: "install" });
  });
});

describe("messages of helm", () => {
  it("lose every secret, also in base64", () => {
    const secrets = secretTexts({
      values: { db: secret({ password: "hunter2" }), port: 5432, list: secret(["s3cr3t-x"]) },
    });
    const message = `bad value hunter2 in ${Buffer.from("hunter2").toString("base64")}, s3cr3t-x, port 5432`;
    expect(redact(message, secrets)).to.equal("bad value [secret] in [secret], [secret], port 5432");
  });

  it("still name the release, though the state keeps its inputs as one secret", () => {
    const state = { __inputs: secret({ name: "kasm", values: { password: secret("hunter2") } }) };
    expect(secretTexts(state)).to.deep.equal(["hunter2"]);
  });

  it("are not shredded by short or plain values", () => {
    expect(redact("a on yes", secretTexts({ values: { a: secret("a"), b: secret(true), c: "yes" } }))).to.equal(
      "a on yes",
    );
  });
});
