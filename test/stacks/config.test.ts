import { expect } from "chai";
import { ConfigError, loadConfig } from "../../stacks/config.ts";

const good = { domain: "desktops.example.com", nodeCount: 3, gpuCount: 2 };

/** The lines below the header: `kasm-vdi:key  message`. */
function problemsOf(source: Record<string, unknown>): string[] {
  try {
    loadConfig(source, "Pulumi.test.yaml");
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ key, message }) => `${key} ${message}`);
  }
  return [];
}

const domainShape = "must be a host name such as desktops.example.com, without https:// and without *";
const label = "must be a DNS label: lower-case letters, digits and dashes, at most 63";
const pool = (fields: object) => ({
  ...good,
  nodePools: [{ name: "a", count: 3, gpusPerNode: 0, ...fields }],
  gpuCount: 0,
});

const bad: [title: string, source: Record<string, unknown>, problems: string[]][] = [
  [
    "nothing at all",
    {},
    [
      `kasm-vdi:domain missing; ${domainShape}`,
      "kasm-vdi:nodeCount missing; must be a whole number, 1 or more",
      "kasm-vdi:gpuCount missing; must be a whole number, 0 or more",
    ],
  ],
  [
    "a domain with a scheme",
    { ...good, domain: "https://a.example.com" },
    [`kasm-vdi:domain "https://a.example.com", but ${domainShape}`],
  ],
  ["a wildcard domain", { ...good, domain: "*.example.com" }, [`kasm-vdi:domain "*.example.com", but ${domainShape}`]],
  [
    "a domain with a port",
    { ...good, domain: "a.example.com:443" },
    [`kasm-vdi:domain "a.example.com:443", but ${domainShape}`],
  ],
  ["a domain of one label", { ...good, domain: "localhost" }, [`kasm-vdi:domain "localhost", but ${domainShape}`]],
  [
    "an upper-case domain",
    { ...good, domain: "A.example.com" },
    [`kasm-vdi:domain "A.example.com", but ${domainShape}`],
  ],
  ["an address for a domain", { ...good, domain: "192.0.2.1" }, [`kasm-vdi:domain "192.0.2.1", but ${domainShape}`]],
  [
    "a domain that leaves no room for session names",
    { ...good, domain: `${"a".repeat(62)}.${"b".repeat(62)}.${"c".repeat(62)}.example.com` },
    [
      `kasm-vdi:domain "${"a".repeat(62)}.${"b".repeat(62)}.${"c".repeat(62)}.example.com", but must be at most 189 characters, since session names come before it`,
    ],
  ],
  ["no nodes", { ...good, nodeCount: 0 }, ["kasm-vdi:nodeCount 0, but must be a whole number, 1 or more"]],
  ["half a node", { ...good, nodeCount: 1.5 }, ["kasm-vdi:nodeCount 1.5, but must be a whole number, 1 or more"]],
  [
    "words for numbers",
    { ...good, nodeCount: "three" },
    ['kasm-vdi:nodeCount "three", but must be a whole number, 1 or more'],
  ],
  ["less than no GPU", { ...good, gpuCount: -1 }, ["kasm-vdi:gpuCount -1, but must be a whole number, 0 or more"]],
  [
    "pools that do not add up",
    {
      ...good,
      nodeCount: 5,
      gpuCount: 8,
      nodePools: [
        { name: "gpu-a", count: 2, gpusPerNode: 2 },
        { name: "gpu-b", count: 2, gpusPerNode: 1 },
      ],
    },
    [
      "kasm-vdi:nodeCount 5, but nodePools add up to 4 (gpu-a 2, gpu-b 2)",
      "kasm-vdi:gpuCount 8, but nodePools add up to 6 (gpu-a 2 x 2, gpu-b 2 x 1)",
    ],
  ],
  [
    "two pools of one name",
    {
      ...good,
      gpuCount: 0,
      nodePools: [
        { name: "a", count: 1 },
        { name: "a", count: 2 },
      ],
    },
    ['kasm-vdi:nodePools[1].name "a" is the name of nodePools[0] already'],
  ],
  ["a pool without a name", { ...good, nodePools: [{ count: 3 }] }, [`kasm-vdi:nodePools[0].name missing; ${label}`]],
  ["a pool with a bad name", pool({ name: "GPU a" }), [`kasm-vdi:nodePools[0].name "GPU a", but ${label}`]],
  ["an empty pool", pool({ count: 0 }), ["kasm-vdi:nodePools[0].count 0, but must be a whole number, 1 or more"]],
  [
    "no desktop per GPU",
    pool({ replicasPerGpu: 0 }),
    ["kasm-vdi:nodePools[0].replicasPerGpu 0, but must be a whole number, 1 or more"],
  ],
  [
    "a bad label key",
    pool({ labels: { "not a key": "x" } }),
    ['kasm-vdi:nodePools[0].labels.not a key "not a key", but must be a label key such as pool or example.com/pool'],
  ],
  [
    "a bad label value",
    pool({ labels: { pool: "not a value" } }),
    [
      'kasm-vdi:nodePools[0].labels.pool "not a value", but must be a label value: letters, digits, dashes, dots and underscores, at most 63',
    ],
  ],
  [
    "a label that follows from replicasPerGpu",
    pool({ labels: { "nvidia.com/device-plugin.config": "x" } }),
    ["kasm-vdi:nodePools[0].labels nvidia.com/device-plugin.config follows from replicasPerGpu; leave it out"],
  ],
  [
    "pools that are no list",
    { ...good, nodePools: { a: 1 } },
    ['kasm-vdi:nodePools {"a":1}, but must be a list of pools'],
  ],
  ["a typo", { ...good, nodecuont: 3 }, ["kasm-vdi:nodecuont unknown key; did you mean nodeCount?"]],
  ["a typo in a group", { ...good, gpu: { drivr: "host" } }, ["kasm-vdi:gpu.drivr unknown key; did you mean driver?"]],
  [
    "a typo in a pool",
    pool({ gpuPerNode: 1 }),
    ["kasm-vdi:nodePools[0].gpuPerNode unknown key; did you mean gpusPerNode?"],
  ],
  [
    "a typo deep down",
    { ...good, certificate: { certManager: { issuerName: "x", isuerKind: "Issuer" } } },
    ["kasm-vdi:certificate.certManager.isuerKind unknown key; did you mean issuerKind?"],
  ],
  [
    "a key like no other",
    { ...good, storage: { xyzzy: 1 } },
    ["kasm-vdi:storage.xyzzy unknown key; known are mode, className"],
  ],
  ["text for a group", { ...good, gpu: "yes" }, ['kasm-vdi:gpu "yes", but must be a group of keys']],
  [
    "a bad address",
    { ...good, publicIPs: ["192.0.2.1", "192.0.2.256"] },
    ['kasm-vdi:publicIPs[1] "192.0.2.256", but must be an IPv4 or IPv6 address'],
  ],
  [
    "a name for an address",
    { ...good, publicIPs: ["a.example.com"] },
    ['kasm-vdi:publicIPs[0] "a.example.com", but must be an IPv4 or IPv6 address'],
  ],
  [
    "one address instead of a list",
    { ...good, publicIPs: "192.0.2.1" },
    ['kasm-vdi:publicIPs "192.0.2.1", but must be a list of IP addresses'],
  ],
  [
    "an address twice",
    { ...good, publicIPs: ["192.0.2.1", "192.0.2.1"] },
    ['kasm-vdi:publicIPs[1] "192.0.2.1" is in the list already'],
  ],
  [
    "two certificates",
    { ...good, certificate: { selfSigned: true, secretName: "tls" } },
    ["kasm-vdi:certificate has secretName and selfSigned; give only one of them"],
  ],
  [
    "selfSigned switched off",
    { ...good, certificate: { selfSigned: false } },
    ["kasm-vdi:certificate.selfSigned false, but must be true"],
  ],
  [
    "cert-manager without an issuer",
    { ...good, certificate: { certManager: {} } },
    ["kasm-vdi:certificate.certManager.issuerName missing; must be the name of an issuer"],
  ],
  [
    "an unknown kind of issuer",
    { ...good, certificate: { certManager: { issuerName: "x", issuerKind: "Vault" } } },
    ['kasm-vdi:certificate.certManager.issuerKind "Vault", but must be one of Issuer, ClusterIssuer'],
  ],
  [
    "storage mode own",
    { ...good, storage: { mode: "own" } },
    ['kasm-vdi:storage.mode "own" is not available yet; use check, which changes nothing'],
  ],
  [
    "storage mode patch",
    { ...good, storage: { mode: "patch" } },
    ['kasm-vdi:storage.mode "patch" is not available yet; use check, which changes nothing'],
  ],
  [
    "an unknown storage mode",
    { ...good, storage: { mode: "fix" } },
    ['kasm-vdi:storage.mode "fix", but must be one of check, patch, own'],
  ],
  [
    "an unknown driver",
    { ...good, gpu: { driver: "auto" } },
    ['kasm-vdi:gpu.driver "auto", but must be one of host, container'],
  ],
  [
    "two chart sources",
    { ...good, kasm: { chart: { repo: "https://a.example.com", path: "./chart" } } },
    ["kasm-vdi:kasm.chart has repo and path; give only one of them"],
  ],
  [
    "a repository that is none",
    { ...good, gpu: { chart: { repo: "nvidia" } } },
    ['kasm-vdi:gpu.chart.repo "nvidia", but must be the https:// address of a Helm repository'],
  ],
  [
    "an oci address that is none",
    { ...good, kasm: { chart: { oci: "docker.io/x" } } },
    ['kasm-vdi:kasm.chart.oci "docker.io/x", but must be an oci:// address'],
  ],
  [
    "a version range",
    { ...good, kasm: { chart: { version: "^1.1190.6" } } },
    ['kasm-vdi:kasm.chart.version "^1.1190.6", but must be an exact version such as 1.2.3'],
  ],
  [
    "an unknown database phase",
    { ...good, kasm: { database: "steady" } },
    ['kasm-vdi:kasm.database "steady", but must be one of initialize, keep, upgrade'],
  ],
  [
    "a resolver by name",
    { ...good, kasm: { nginxResolver: "kube-dns" } },
    ['kasm-vdi:kasm.nginxResolver "kube-dns", but must be the IP address of the cluster\'s DNS Service'],
  ],
  [
    "a timeout in minutes",
    { ...good, kasm: { timeoutSeconds: 10 } },
    ["kasm-vdi:kasm.timeoutSeconds 10, but must be a whole number from 30 to 86400"],
  ],
  [
    "a deployment size that does not fit",
    { ...good, nodeCount: 1, gpuCount: 0, kasm: { deploymentSize: "small" } },
    [
      'kasm-vdi:kasm.deploymentSize "small" requests 5.75 cores and 4.25 GiB, too much for 1 x 4 cores and 8 GiB; leave it out to get what fits, or correct nodeSize',
    ],
  ],
  [
    "one namespace for two parts",
    { ...good, namespaces: { vdi: "kasm" } },
    ['kasm-vdi:namespaces.vdi "kasm" is also namespaces.kasm; each part needs its own namespace'],
  ],
  ["a bad namespace", { ...good, namespaces: { kasm: "Kasm" } }, [`kasm-vdi:namespaces.kasm "Kasm", but ${label}`]],
  ["yes for true", { ...good, protectData: "yes" }, ['kasm-vdi:protectData "yes", but must be true or false']],
  [
    "wrong shapes beside rules between other keys",
    {
      ...good,
      gpuCount: 9,
      nodePools: [{ name: "a", count: 3 }],
      protectData: 1,
      kasm: { database: "no" },
      storage: { mode: "own" },
    },
    [
      "kasm-vdi:protectData 1, but must be true or false",
      'kasm-vdi:kasm.database "no", but must be one of initialize, keep, upgrade',
      "kasm-vdi:gpuCount 9, but nodePools add up to 0 (a 3 x 0)",
      'kasm-vdi:storage.mode "own" is not available yet; use check, which changes nothing',
    ],
  ],
  [
    "a sum over pools that are wrong themselves: only what is sure is said",
    { ...good, nodePools: [{ name: "a", count: "two" }] },
    ['kasm-vdi:nodePools[0].count "two", but must be a whole number, 1 or more'],
  ],
];

describe("loadConfig refuses", () => {
  for (const [title, source, problems] of bad)
    it(title, () => {
      expect(problemsOf(source)).to.deep.equal(problems);
    });

  it("with one message that lines up keys and counts problems", () => {
    expect(() => loadConfig({ ...good, gpuCount: -1, nodecuont: 1 }, "Pulumi.prod.yaml")).to.throw(
      ConfigError,
      [
        "Pulumi.prod.yaml: 2 problems",
        "  kasm-vdi:gpuCount   -1, but must be a whole number, 0 or more",
        "  kasm-vdi:nodecuont  unknown key; did you mean nodeCount?",
      ].join("\n"),
    );
  });
});

describe("loadConfig accepts", () => {
  it("what `pulumi config set` stores: text, and JSON for what is structured", () => {
    const stored = {
      "kasm-vdi:domain": "desktops.example.com",
      "kasm-vdi:nodeCount": "3",
      "kasm-vdi:gpuCount": "2",
      "kasm-vdi:protectData": "true",
      "kasm-vdi:nodePools": '[{"name":"a","count":2,"gpusPerNode":1},{"name":"b","count":1}]',
      "kasm-vdi:gpu": '{"replicasPerGpu":4}',
    };
    const written = {
      domain: "desktops.example.com",
      nodeCount: 3,
      gpuCount: 2,
      protectData: true,
      nodePools: [
        { name: "a", count: 2, gpusPerNode: 1 },
        { name: "b", count: 1 },
      ],
      gpu: { replicasPerGpu: 4 },
    };
    expect(loadConfig(stored)).to.deep.equal(loadConfig(written));
  });

  it("keys of other namespaces, and leaves them alone", () => {
    const others = { "pulumi:disable-default-providers": ["kubernetes"], "kubernetes:context": "x" };
    expect(loadConfig({ ...good, ...others })).to.deep.equal(loadConfig(good));
  });

  it("keys that are set to nothing, as Pulumi.yaml's empty defaults are", () => {
    const unset = { nodePools: [], gpu: {}, kasm: "", certificate: null, publicIPs: "[]" };
    expect(loadConfig({ ...good, ...unset })).to.deep.equal(loadConfig(good));
  });

  it("a domain that looks like a number's text, and a context as well", () => {
    expect(loadConfig({ ...good, context: "42" }).cluster.context).to.equal("42");
  });
});

describe("loadConfig fills in", () => {
  it("everything but domain, nodeCount and gpuCount", () => {
    expect(loadConfig(good)).to.deep.equal({
      domain: "desktops.example.com",
      cluster: { name: "k3s" },
      pools: [
        { name: "gpu", count: 2, gpusPerNode: 1, replicasPerGpu: 8, labels: {} },
        { name: "cpu", count: 1, gpusPerNode: 0, replicasPerGpu: 8, labels: {} },
      ],
      nodeSize: { cpuCores: 4, memoryGiB: 8 },
      publicIPs: [],
      namespaces: { kasm: "kasm", gpuOperator: "gpu-operator", vdi: "kasm-vdi" },
      protectData: false,
      kasm: {
        chart: { chart: "kasm-helm", repo: "https://helm.kasm.com", version: "1.1190.6" },
        database: "initialize",
        sizing: { deploymentSize: "small", replicas: 2, isCompact: false },
        nginxResolver: "10.43.0.10",
        timeoutSeconds: 900,
      },
      certificate: { kind: "self-signed" },
      gpu: {
        chart: { chart: "gpu-operator", repo: "https://helm.ngc.nvidia.com/nvidia", version: "v26.7.0" },
        driver: "host",
        timeoutSeconds: 900,
      },
      storage: { mode: "check", className: "local-path" },
    });
  });

  it("the chart's name and version where only the repository is a mirror", () => {
    expect(loadConfig({ ...good, kasm: { chart: { repo: "https://mirror.example.com" } } }).kasm.chart).to.deep.equal({
      chart: "kasm-helm",
      repo: "https://mirror.example.com",
      version: "1.1190.6",
    });
  });

  it("a chart by path or by oci address as it is, without a repository", () => {
    const chartOf = (chart: object) => loadConfig({ ...good, gpu: { chart } }).gpu.chart;
    expect(chartOf({ path: "./chart" })).to.deep.equal({ chart: "./chart", version: "v26.7.0" });
    expect(chartOf({ oci: "oci://r.example.com/gpu-operator", version: "v26.7.1" })).to.deep.equal({
      chart: "oci://r.example.com/gpu-operator",
      version: "v26.7.1",
    });
  });

  it("the kind of issuer that serves every namespace", () => {
    expect(loadConfig({ ...good, certificate: { certManager: { issuerName: "x" } } }).certificate).to.deep.equal({
      kind: "cert-manager",
      issuerName: "x",
      issuerKind: "ClusterIssuer",
    });
  });
});
