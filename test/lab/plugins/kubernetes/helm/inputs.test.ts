import { expect } from "chai";
import { checkRelease, diffRelease } from "../../../../../lab/plugins/kubernetes/helm/release.ts";
import type { HelmSettings } from "../../../../../lab/plugins/kubernetes/helm/settings.ts";
import { Asset, Unknown, isSecret, secret } from "../../../../../lab/plugins/rpc/property.ts";
import type { PropertyMap } from "../../../../../lab/plugins/rpc/property.ts";
import type { Call, CheckResponse } from "../../../../../lab/plugins/rpc/provider.ts";
import { SharedKubeConfig } from "../../../../../kube/client.ts";
import { demoChart } from "./demo-chart.ts";

const quiet = (): void => undefined;
const call: Call = {
  signal: new AbortController().signal,
  status: quiet,
  log: { debug: quiet, info: quiet, warning: quiet, error: quiet },
};
const config = new SharedKubeConfig();
config.loadFromClusterAndUser(
  { name: "none", server: "https://127.0.0.1:1", skipTLSVerify: false },
  { name: "nobody" },
);
const settings = { client: { config }, namespace: "apps" } as unknown as HelmSettings;
const subject = {
  urn: "urn:pulumi:lab::p::kubernetes:helm.sh/v3:Release::kasm",
  type: "kubernetes:helm.sh/v3:Release",
  name: "kasm",
};

describe("the check of a Release", () => {
  const chart = demoChart({ name: "demo", version: "1.2.3" });
  const check = (news: PropertyMap, olds: PropertyMap = {}): Promise<CheckResponse> =>
    checkRelease(settings, { ...subject, news, olds, randomSeed: new Uint8Array([7]) }, call);
  const failuresOf = async (news: PropertyMap) => (await check(news)).failures;

  it("stores every input with its zero value, as the official provider does", async () => {
    const { inputs, failures } = await check({ chart, name: "kasm", valueYamlFiles: [], __defaults: [] });
    expect(failures).to.deep.equal([]);
    expect(inputs).to.deep.equal({
      allowNullValues: false,
      atomic: false,
      chart,
      cleanupOnFail: false,
      createNamespace: false,
      dependencyUpdate: false,
      description: "",
      devel: false,
      disableCRDHooks: false,
      disableOpenapiValidation: false,
      disableWebhooks: false,
      forceUpdate: false,
      keyring: "",
      lint: false,
      name: "kasm",
      namespace: "apps",
      postrender: "",
      recreatePods: false,
      renderSubchartNotes: false,
      replace: false,
      resetValues: false,
      reuseValues: false,
      skipAwait: false,
      skipCrds: false,
      timeout: 300,
      values: {},
      verify: false,
      version: "1.2.3",
      waitForJobs: false,
    });
  });

  it("gives the chart's own version, whatever range was asked for", async () => {
    expect((await check({ chart, version: ">1" })).inputs).to.include({ version: "1.2.3" });
  });

  it("names an unnamed release after the resource, the same in preview and update, and keeps the name", async () => {
    const first = (await check({ chart })).inputs.name;
    expect(first).to.match(/^kasm-[0-9a-f]{8}$/);
    expect((await check({ chart })).inputs.name).to.equal(first);
    expect((await check({ chart }, { name: "kasm-0badcafe" })).inputs.name).to.equal("kasm-0badcafe");
  });

  it("sets no timeout where nothing is waited for", async () => {
    expect((await check({ chart, skipAwait: true })).inputs.timeout).to.equal(0);
  });

  it("keeps secrets secret key by key, and null values", async () => {
    const values = { password: secret("hunter2"), plain: 1, none: null };
    const { inputs } = await check({ chart, values });
    expect(inputs.values).to.deep.equal(values);
  });

  it("merges value files under the values, and keeps a secret file's values secret", async () => {
    const files = [
      new Asset({ text: "replicas: 1\ndb: {size: 1Gi, user: kasm}" }),
      secret(new Asset({ text: "db: {password: hunter2}" })),
    ];
    const { inputs } = await check({ chart, valueYamlFiles: files, values: { replicas: 3 } });
    const values = inputs.values as PropertyMap;
    expect(values.replicas).to.equal(3);
    expect(isSecret(values.db)).to.equal(true);
    expect(JSON.stringify(inputs)).not.to.contain("hunter2");
  });

  it("does not look for the chart while an input is unknown, and shows it as unknown", async () => {
    const { inputs, failures } = await check({ chart: "./nowhere", values: { host: new Unknown(), port: 1 } });
    expect(failures).to.deep.equal([]);
    expect(inputs.values).to.deep.equal({ host: new Unknown(), port: 1 });
  });

  it("says which chart is missing and what to do", async () => {
    expect(await failuresOf({ chart: "./nowhere" })).to.deep.equal([
      {
        property: "chart",
        reason:
          `chart "./nowhere" could not be loaded: no chart at ./nowhere (looked in ${process.cwd()}/nowhere). ` +
          "A path is relative to the program's folder; a chart of a repository needs repositoryOpts.repo",
      },
    ]);
  });

  it("says that dependencies are missing before anything is installed", async () => {
    const parent = demoChart({ name: "parent", version: "1.0.0", dependencies: [{ name: "redis", version: "1" }] });
    const [failure] = (await failuresOf({ chart: parent })) ?? [];
    expect(failure?.reason).to.contain("dependencies are missing in charts/: redis");
    expect(await failuresOf({ chart: parent, dependencyUpdate: true })).to.deep.equal([]);
  });

  it("names inputs of a wrong type", async () => {
    const failures = await failuresOf({ chart, version: 3, repositoryOpts: { repo: true } });
    expect(failures).to.deep.equal([
      { property: "version", reason: "must be a string, not a number" },
      { property: "repositoryOpts.repo", reason: "must be a string, not a boolean" },
    ]);
  });
});

describe("the diff of a Release", () => {
  const inputs = {
    name: "kasm",
    namespace: "apps",
    version: "1.0.0",
    values: { replicas: 1, list: [{ a: 1 }, 2], keep: { x: 1 } },
  };
  const state = (over: PropertyMap = {}) => ({ ...inputs, status: { revision: 1 }, __inputs: secret(inputs), ...over });
  const diff = (news: PropertyMap, olds: PropertyMap = state(), ignoreChanges: string[] = []) =>
    diffRelease({ ...subject, id: "apps/kasm", oldInputs: inputs, olds, news, ignoreChanges });
  const paths = (...parameters: Parameters<typeof diff>) =>
    Object.fromEntries(Object.entries(diff(...parameters).detailedDiff ?? {}).map(([path, { kind }]) => [path, kind]));

  it("is empty for the same inputs, secret or not", () => {
    expect(diff(inputs)).to.deep.equal({ changes: false, detailedDiff: {} });
    expect(paths({ ...inputs, values: secret(inputs.values) })).to.deep.equal({});
  });

  it("names what changed by path, also inside lists", () => {
    const values = { replicas: 2, list: [{ a: 2 }, 2, 3], keep: { x: 1 }, "nginx.ingress": {} };
    expect(paths({ ...inputs, values })).to.deep.equal({
      "values.replicas": "update",
      "values.list[0].a": "update",
      "values.list[2]": "add",
      'values["nginx.ingress"]': "add",
    });
  });

  it("tells removed values, but not those that only the state has", () => {
    const olds = state({ values: { ...inputs.values, byHelm: 1 } });
    expect(paths({ ...inputs, values: { replicas: 1, list: [{ a: 1 }, 2] } }, olds)).to.deep.equal({
      "values.keep": "delete",
    });
  });

  it("replaces on a new name or namespace", () => {
    expect(paths({ ...inputs, name: "other", namespace: "x" })).to.deep.equal({
      name: "update-replace",
      namespace: "update-replace",
    });
  });

  it("sees values that somebody changed with helm, after a refresh", () => {
    const drifted = state({ values: { ...inputs.values, replicas: 9 } });
    expect(paths(inputs, drifted)).to.deep.equal({ "values.replicas": "update" });
  });

  it("shows an unknown as a change, new or not", () => {
    const values = { ...inputs.values, replicas: new Unknown(), host: new Unknown() };
    expect(paths({ ...inputs, values })).to.deep.equal({ "values.replicas": "update", "values.host": "add" });
  });

  it("leaves a newer chart alone when version is ignored", () => {
    expect(paths({ ...inputs, version: "2.0.0" }, state(), ["version"])).to.deep.equal({});
    expect(paths({ ...inputs, version: "2.0.0" })).to.deep.equal({ version: "update" });
  });
});
