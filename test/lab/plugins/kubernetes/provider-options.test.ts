import { expect } from "chai";

import { loadCluster } from "../../../../lab/plugins/kubernetes/kubeconfig.ts";
import { checkConfig, diffConfig } from "../../../../lab/plugins/kubernetes/provider-options.ts";
import { readSettings } from "../../../../lab/plugins/kubernetes/settings.ts";
import type { PropertyMap } from "../../../../lab/plugins/rpc/property.ts";
import { secret, Unknown } from "../../../../lab/plugins/rpc/property.ts";
import { urnOf } from "../plugin-client.ts";

const type = "pulumi:providers:kubernetes";
const subject = (name: string) => ({ type, name, urn: urnOf(type, name) });
const diff = (olds: PropertyMap, news: PropertyMap) =>
  diffConfig({ ...subject("lab"), id: "x", oldInputs: {}, olds, news, ignoreChanges: [] });
const check = (news: PropertyMap, name = "lab") =>
  (checkConfig({ ...subject(name), olds: {}, news, randomSeed: new Uint8Array() }).failures ?? []).map(
    ({ property }) => property,
  );

const kubeconfig = (server: string, token = "t") => `
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "${server}"}}, {name: d, cluster: {server: "https://d:6443"}}]
users: [{name: u, user: {token: ${token}}}]
contexts: [{name: x, context: {cluster: c, user: u, namespace: team}}, {name: y, context: {cluster: d, user: u}}]
current-context: x
`;
const here = kubeconfig("https://here:6443");
const there = kubeconfig("https://there:6443");

describe("a change of provider options", () => {
  const cases: [string, PropertyMap, PropertyMap, { changes: boolean; replaces: string[] }][] = [
    ["none is none", { kubeconfig: here }, { kubeconfig: here }, { changes: false, replaces: [] }],
    [
      "another server replaces",
      { kubeconfig: here },
      { kubeconfig: there },
      { changes: true, replaces: ["kubeconfig"] },
    ],
    [
      "a new token does not",
      { kubeconfig: here },
      { kubeconfig: kubeconfig("https://here:6443", "new") },
      { changes: true, replaces: [] },
    ],
    [
      "another context's cluster replaces",
      { kubeconfig: here },
      { kubeconfig: here, context: "y" },
      { changes: true, replaces: ["context"] },
    ],
    [
      "a flag does not",
      { kubeconfig: here },
      { kubeconfig: here, enablePatchForce: "true" },
      { changes: true, replaces: [] },
    ],
    [
      "a kubeconfig not known yet replaces, to be safe",
      { kubeconfig: here },
      { kubeconfig: new Unknown() },
      { changes: true, replaces: ["kubeconfig"] },
    ],
    [
      "with the same clusterIdentifier nothing replaces",
      { kubeconfig: here, clusterIdentifier: "a" },
      { kubeconfig: there, clusterIdentifier: "a" },
      { changes: true, replaces: [] },
    ],
    [
      "another clusterIdentifier replaces",
      { kubeconfig: here, clusterIdentifier: "a" },
      { kubeconfig: here, clusterIdentifier: "b" },
      { changes: true, replaces: ["clusterIdentifier"] },
    ],
    [
      "a first clusterIdentifier does not",
      { kubeconfig: here },
      { kubeconfig: here, clusterIdentifier: "a" },
      { changes: true, replaces: [] },
    ],
    [
      "a secret mark is no change",
      { kubeconfig: here },
      { kubeconfig: secret(here) },
      { changes: false, replaces: [] },
    ],
  ];
  for (const [title, olds, news, expected] of cases) {
    it(title, () => {
      const { changes, replaces = [] } = diff(olds, news);
      expect({ changes, replaces }).to.deep.equal(expected);
    });
  }
});

describe("checked provider options", () => {
  it("need kubeconfig and context in strict mode, and no default provider", () => {
    expect(check({ strictMode: "true" })).to.deep.equal(["kubeconfig", "context"]);
    expect(check({ strictMode: "true", kubeconfig: here, context: "x" })).to.deep.equal([]);
    expect(check({ strictMode: "true", kubeconfig: here, context: "x" }, "default_4_32_0")).to.deep.equal([""]);
  });

  it("refuse rendering YAML, which only the official plugin does", () => {
    expect(check({ renderYamlToDirectory: "out" })).to.deep.equal(["renderYamlToDirectory"]);
  });

  it("take everything else", () => {
    expect(check({ kubeconfig: new Unknown(), namespace: "n", kubeClientSettings: '{"burst":1}' })).to.deep.equal([]);
  });
});

describe("read provider options", () => {
  it("apply server-side and change nothing by force, unless told otherwise", () => {
    const { enableServerSideApply, enablePatchForce, upsertExistingObjects } = readSettings({}, {});
    expect([enableServerSideApply, enablePatchForce, upsertExistingObjects]).to.deep.equal([true, false, false]);
  });

  it("take the option before the environment", () => {
    const environment = { PULUMI_K8S_ENABLE_PATCH_FORCE: "true", PULUMI_K8S_CLIENT_TIMEOUT: "7" };
    expect(readSettings({}, environment)).to.include({ enablePatchForce: true, requestTimeoutSeconds: 7 });
    expect(readSettings({ enablePatchForce: "false" }, environment)).to.include({ enablePatchForce: false });
    expect(readSettings({ kubeClientSettings: '{"timeout":3}' }, environment)).to.include({ requestTimeoutSeconds: 3 });
  });

  it("name the nested option that is no JSON", () => {
    expect(() => readSettings({ kubeClientSettings: "{" }, {})).to.throw("kubeClientSettings");
  });
});

describe("the kubeconfig", () => {
  const choice = { context: undefined, cluster: undefined, namespace: undefined };

  it("follows the options context and cluster", () => {
    expect(loadCluster({ ...choice, kubeconfig: here }).getCurrentCluster()?.server).to.equal("https://here:6443");
    expect(loadCluster({ ...choice, kubeconfig: here, context: "y" }).getCurrentCluster()?.name).to.equal("d");
    expect(loadCluster({ ...choice, kubeconfig: here, cluster: "d" }).getCurrentCluster()?.name).to.equal("d");
  });

  for (const [title, text] of [
    ["broken YAML", "users: [{token: topsecret"],
    ["a file that is not there", "/nowhere/topsecret"],
    ["a list", "[topsecret]"],
  ] as const) {
    it(`is refused without being quoted: ${title}`, () => {
      expect(() => loadCluster({ ...choice, kubeconfig: text }))
        .to.throw(/neither an existing file/)
        .and.not.match(/topsecret/);
    });
  }
});
