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
const pinned = "must be an image with a tag other than latest, or with a digest, such as node:24.11.1-alpine";
const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";
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
    [`kasm-vdi:domain "https://a.example.com", but ${domainShape}: write a.example.com`],
  ],
  [
    "a wildcard domain",
    { ...good, domain: "*.example.com" },
    [`kasm-vdi:domain "*.example.com", but ${domainShape}: write example.com`],
  ],
  [
    "a domain with a port",
    { ...good, domain: "a.example.com:443" },
    [`kasm-vdi:domain "a.example.com:443", but ${domainShape}: write a.example.com`],
  ],
  ["a domain of one label", { ...good, domain: "localhost" }, [`kasm-vdi:domain "localhost", but ${domainShape}`]],
  [
    "an upper-case domain",
    { ...good, domain: "A.example.com" },
    [`kasm-vdi:domain "A.example.com", but ${domainShape}: write a.example.com`],
  ],
  ["an address for a domain", { ...good, domain: "192.0.2.1" }, [`kasm-vdi:domain "192.0.2.1", but ${domainShape}`]],
  [
    "a domain that leaves no room for session names",
    { ...good, domain: `${"a".repeat(62)}.${"b".repeat(62)}.${"c".repeat(62)}.example.com` },
    [
      `kasm-vdi:domain "${"a".repeat(62)}.${"b".repeat(62)}.${"c".repeat(62)}.example.com", but must be at most 189 characters, since session names come before it`,
    ],
  ],
  [
    "a name that anybody could send",
    { ...good, operator: { access: { userHeader: "X-User" } } },
    [
      "kasm-vdi:operator.access.userHeader X-User would be believed whoever sends it; " +
        "name the Middleware that sets it in operator.access.middlewares",
    ],
  ],
  [
    "a portal that nobody can sign in to",
    { ...good, portal: { enabled: true } },
    ["kasm-vdi:portal has neither oidc nor userHeader; nobody could sign in, so give one of them"],
  ],
  [
    "a portal with two ways to sign in",
    {
      ...good,
      portal: { oidc: { issuer: "https://id.example.com", clientId: "a" }, userHeader: "X-User", middlewares: ["a"] },
    },
    ["kasm-vdi:portal has oidc and userHeader; give only one of them"],
  ],
  [
    "a portal that believes a header whoever sends it",
    { ...good, portal: { enabled: true, userHeader: "X-User" } },
    [
      "kasm-vdi:portal.userHeader X-User would be believed whoever sends it; name the Middleware that sets it in portal.middlewares",
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
    ["kasm-vdi:storage.xyzzy unknown key; known are mode, className, path, image, helperImage, timeoutSeconds"],
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
    "a domain too long for a certificate of cert-manager's",
    { ...good, domain: `${"a".repeat(60)}.example.com`, certificate: { certManager: { issuerName: "x" } } },
    [
      `kasm-vdi:certificate ${"a".repeat(60)}.example.com has 72 characters, and a certificate of cert-manager's takes 64 at most; give one by secretName.`,
    ],
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
    "K3s's own class in storage mode own",
    { ...good, storage: { mode: "own", className: "local-path" } },
    ['kasm-vdi:storage.className "local-path" is K3s\'s own class; mode own needs another name'],
  ],
  [
    "a folder for a provisioner that is not ours",
    { ...good, storage: { path: "/data" } },
    ["kasm-vdi:storage.path has no effect unless storage.mode is own; set the mode or leave it out"],
  ],
  [
    "a folder that is relative",
    { ...good, storage: { mode: "own", path: "data" } },
    ['kasm-vdi:storage.path "data", but must be an absolute path'],
  ],
  [
    "a Traefik chart beside the Traefik of K3s",
    { ...good, traefik: { chart: { version: "41.5.0" } } },
    ["kasm-vdi:traefik.chart has no effect unless traefik.mode is own; set the mode or leave it out"],
  ],
  [
    "a failure policy that would reinstall Traefik",
    { ...good, traefik: { failurePolicy: "reinstall" } },
    ['kasm-vdi:traefik.failurePolicy "reinstall", but must be one of retry, abort'],
  ],
  [
    "TURN without a public address",
    { ...good, turn: { enabled: true } },
    ["kasm-vdi:turn.publicIPs missing; TURN needs an address that browsers can reach"],
  ],
  [
    "TURN at an address that only the node itself reaches",
    { ...good, turn: { enabled: true, publicIPs: ["127.0.0.1"] } },
    ['kasm-vdi:turn.publicIPs[0] "127.0.0.1" is no address that another machine can reach'],
  ],
  [
    "an empty relay range",
    { ...good, publicIPs: ["192.0.2.1"], turn: { enabled: true, ports: { relayMin: 50000, relayMax: 49999 } } },
    [
      "kasm-vdi:turn.ports relay range 50000-49999 is empty; each connection takes two ports, so relayMax must be larger",
    ],
  ],
  [
    "TURN at the port of Traefik",
    { ...good, publicIPs: ["192.0.2.1"], turn: { enabled: true, ports: { tls: 443 } } },
    ["kasm-vdi:turn.ports.tls 443 is taken by Traefik (HTTPS)"],
  ],
  [
    "a relay range over the NodePorts",
    { ...good, publicIPs: ["192.0.2.1"], turn: { enabled: true, ports: { relayMin: 32000, relayMax: 33000 } } },
    ["kasm-vdi:turn.ports.relayMin 32000-33000 is taken by NodePort Services"],
  ],
  [
    "a relay range over the listener",
    { ...good, publicIPs: ["192.0.2.1"], turn: { enabled: true, ports: { relayMin: 3400, relayMax: 3500 } } },
    ["kasm-vdi:turn.ports.relayMin 3400-3500 is taken by TURN"],
  ],
  [
    "peers that are no range",
    { ...good, turn: { allowedPeers: ["10.42.0.0"] } },
    ['kasm-vdi:turn.allowedPeers[0] "10.42.0.0", but must be an address range such as 10.42.0.0/16'],
  ],
  [
    "peers that would make TURN relay to the node itself",
    { ...good, turn: { allowedPeers: ["0.0.0.0/0"] } },
    [
      "kasm-vdi:turn.allowedPeers[0] 0.0.0.0/0 holds the node's loopback addresses; allow only the range of the pods, which in K3s is 10.42.0.0/16",
    ],
  ],
  [
    "native RDP at the port of Traefik",
    { ...good, kasm: { directRdp: { port: 443 } } },
    ["kasm-vdi:kasm.directRdp.port 443 is taken by Traefik (HTTPS)"],
  ],
  [
    "native RDP and TURN at one port",
    {
      ...good,
      publicIPs: ["192.0.2.1"],
      kasm: { directRdp: { port: 3478 } },
      turn: { enabled: true },
    },
    ["kasm-vdi:turn.ports.listen 3478 is taken by direct RDP"],
  ],
  [
    "a NodePort of one's choice",
    { ...good, kasm: { directRdp: { type: "NodePort", port: 30389 } } },
    ["kasm-vdi:kasm.directRdp.port is for a LoadBalancer; a NodePort is chosen by the cluster"],
  ],
  [
    "a chart line that is not known",
    { ...good, kasm: { chart: { version: "1.1200.0" } } },
    [
      "kasm-vdi:kasm.chart.version kasm-helm 1.1200.0 belongs to a chart line whose value keys this program does not know; this program knows 1.1190.5 and later patches of 1.1190.",
    ],
  ],
  [
    "a chart that makes its own passwords",
    { ...good, kasm: { chart: { version: "1.1190.4" } } },
    [
      "kasm-vdi:kasm.chart.version kasm-helm 1.1190.4 cannot take its passwords from our Secret, nor the DNS resolver's address; this program knows 1.1190.5 and later patches of 1.1190.",
    ],
  ],
  [
    "a NAT by name",
    { ...good, turn: { nat: { "node-1": "192.0.2.1" } } },
    ['kasm-vdi:turn.nat.node-1 "node-1", but must be the node\'s own IPv4 address'],
  ],
  [
    "a NAT to an address that nobody is told",
    { ...good, turn: { enabled: true, publicIPs: ["192.0.2.1"], nat: { "10.0.0.1": "192.0.2.2" } } },
    ["kasm-vdi:turn.nat.10.0.0.1 192.0.2.2 is not among turn.publicIPs, so no browser is sent there"],
  ],
  [
    "images of another Kasm than the chart's",
    { ...good, kasm: { imageTag: "1.20.0" } },
    [
      'kasm-vdi:kasm.imageTag "1.20.0", but the chart is made for Kasm 1.19.0; its database and these images would not fit',
    ],
  ],
  [
    "a GPU operator of another line",
    { ...good, gpu: { chart: { version: "v25.10.1" } } },
    [
      "kasm-vdi:gpu.chart.version gpu-operator v25.10.1: this program knows the value keys of v26.x, and Helm takes no notice of others",
    ],
  ],
  [
    "more operators than nodes",
    { ...good, nodeCount: 1, operator: { replicas: 2 } },
    ["kasm-vdi:operator.replicas 2, but nodeCount is 1; copies on one node only get in each other's way"],
  ],
  [
    "TURN at the second port of direct RDP",
    { ...good, kasm: { directRdp: {} }, publicIPs: ["192.0.2.1"], turn: { enabled: true, ports: { listen: 9001 } } },
    ["kasm-vdi:turn.ports.listen 9001 is taken by the RDP gateway"],
  ],
  [
    "a backup without a schedule",
    { ...good, kasm: { backup: { sizeGiB: 5 } } },
    ["kasm-vdi:kasm.backup.schedule missing; must be a cron schedule of five fields, such as 0 3 * * *"],
  ],
  [
    "a backup by a word",
    { ...good, kasm: { backup: { schedule: "@daily" } } },
    ['kasm-vdi:kasm.backup.schedule "@daily", but must be a cron schedule of five fields, such as 0 3 * * *'],
  ],
  [
    "an operator from two sources",
    { ...good, operator: { image: "operator:1.0.0", bundle: "operator.mjs" } },
    ["kasm-vdi:operator has image and bundle; give only one of them"],
  ],
  [
    "an image that moves",
    { ...good, operator: { image: "example.com/operator:latest" } },
    [`kasm-vdi:operator.image "example.com/operator:latest", but ${pinned}`],
  ],
  [
    "a tag that moves",
    { ...good, kasm: { imageTag: "develop" } },
    ['kasm-vdi:kasm.imageTag "develop", but must be an image tag that does not move, such as 1.19.0'],
  ],
  [
    "an image without a tag",
    { ...good, turn: { image: "registry.example.com:5000/coturn" } },
    [`kasm-vdi:turn.image "registry.example.com:5000/coturn", but ${pinned}`],
  ],
  [
    "more operators than a lease makes sense for",
    { ...good, operator: { replicas: 9 } },
    ["kasm-vdi:operator.replicas 9, but must be a whole number from 1 to 5"],
  ],
  [
    "a mirror with a scheme",
    { ...good, registry: { mirror: "https://registry.example.com" } },
    [
      'kasm-vdi:registry.mirror "https://registry.example.com", but must be a registry\'s host and path, without https://',
    ],
  ],
  [
    "a pull secret that is a password: it is not repeated",
    { ...good, registry: { pullSecret: "swordfish" } },
    [
      "kasm-vdi:registry.pullSecret what is there (not shown, as it may be secret), but must be the text of a .dockerconfigjson",
    ],
  ],
  [
    "a private key among the authorities",
    { ...good, trustedCa: "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n" },
    [
      "kasm-vdi:trustedCa what is there (not shown, as it may be secret), but must be certificates in PEM form, and nothing else",
    ],
  ],
  [
    "an agent without a host key",
    { ...good, agents: [{ name: "a", host: "192.0.2.9", password: "swordfish" }] },
    ["kasm-vdi:agents[0].hostKey missing; must be an SSH host key such as ssh-ed25519 AAAA..."],
  ],
  [
    "an agent that nobody can log in to",
    { ...good, agents: [{ name: "a", host: "192.0.2.9", hostKey }] },
    [
      "kasm-vdi:agents[0] has no way to log in; give privateKey or password (pulumi config set --secret --path 'kasm-vdi:agents[0].privateKey')",
    ],
  ],
  [
    "an agent with two ways to log in",
    { ...good, agents: [{ name: "a", host: "192.0.2.9", hostKey, privateKey: "k", password: "p" }] },
    ["kasm-vdi:agents[0] has privateKey and password; give only one of them"],
  ],
  [
    "two agents on one machine, of one name",
    {
      ...good,
      agents: [
        { name: "a", host: "192.0.2.9", hostKey, password: "p" },
        { name: "a", host: "192.0.2.9", hostKey, password: "p" },
      ],
    },
    [
      'kasm-vdi:agents[1].name "a" is the name of agents[0] already',
      "kasm-vdi:agents[1].host is the machine of agents[0] already; a machine is one agent",
    ],
  ],
  [
    "a host key that cannot be one",
    { ...good, agents: [{ name: "a", host: "192.0.2.9", hostKey: "ssh-ed25519 AAAA", password: "p" }] },
    [
      "kasm-vdi:agents[0].hostKey is no host key in OpenSSH form; get it by `ssh-keyscan -t ed25519 HOST` and compare it with /etc/ssh/ssh_host_ed25519_key.pub there",
    ],
  ],
  [
    "agents of another version than the control plane",
    {
      ...good,
      agents: [{ name: "a", host: "192.0.2.9", hostKey, password: "p" }],
      agentInstaller: { version: "1.18.1" },
    },
    [
      'kasm-vdi:agentInstaller.version "1.18.1", but the chart brings Kasm 1.19.0; agents work only with a control plane of their own version',
    ],
  ],
  [
    "an installer that anybody on the way could change",
    { ...good, agentInstaller: { url: "http://mirror.example.com/kasm.tar.gz" } },
    ["kasm-vdi:agentInstaller.sha256 missing; a download over http: needs it"],
  ],
  [
    "agents that are no list: what is there is not repeated",
    { ...good, agents: "swordfish" },
    ["kasm-vdi:agents what is there (not shown, as it may be secret), but must be a list of agents"],
  ],
  [
    "a part in a namespace of Kubernetes",
    { ...good, namespaces: { turn: "kube-system" } },
    ['kasm-vdi:namespaces.turn "kube-system" belongs to Kubernetes; give the part a namespace of its own'],
  ],
  [
    "an address that is none for others",
    { ...good, publicIPs: ["0.0.0.0", "::1"] },
    [
      'kasm-vdi:publicIPs[0] "0.0.0.0" is no address that another machine can reach',
      'kasm-vdi:publicIPs[1] "::1" is no address that another machine can reach',
    ],
  ],
  [
    "a node below what K3s and Kasm need",
    { ...good, nodeSize: { cpuCores: 1, memoryGiB: 2 } },
    [
      "kasm-vdi:nodeSize.cpuCores 1, but must be a whole number, 2 or more",
      "kasm-vdi:nodeSize.memoryGiB 2, but must be a whole number, 4 or more",
    ],
  ],
  [
    "a preflight that is neither",
    { ...good, preflight: { mode: "skip" } },
    ['kasm-vdi:preflight.mode "skip", but must be one of enforce, warn, off'],
  ],
  [
    "a toleration without a key",
    { ...good, gpu: { tolerations: [{ effect: "NoSchedule" }] } },
    ["kasm-vdi:gpu.tolerations[0].key missing; must be the key of a taint"],
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
      'kasm-vdi:kasm.deploymentSize "small" requests 6.75 cores and 7.25 GiB with one desktop, and does not fit on 1 x 4 cores and 8 GiB; leave it out to get what fits, or correct nodeSize',
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
      storage: { mode: "own", className: "local-path" },
    },
    [
      "kasm-vdi:protectData 1, but must be true or false",
      'kasm-vdi:kasm.database "no", but must be one of initialize, keep, upgrade',
      "kasm-vdi:gpuCount 9, but nodePools add up to 0 (a 3 x 0)",
      'kasm-vdi:storage.className "local-path" is K3s\'s own class; mode own needs another name',
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
      cluster: { name: "k3s", apiServerPort: 6443 },
      pools: [
        { name: "gpu", count: 2, gpusPerNode: 1, replicasPerGpu: 8, labels: {} },
        { name: "cpu", count: 1, gpusPerNode: 0, replicasPerGpu: 8, labels: {} },
      ],
      nodeSize: { cpuCores: 4, memoryGiB: 8 },
      publicIPs: [],
      namespaces: {
        kasm: "kasm",
        gpuOperator: "gpu-operator",
        vdi: "kasm-vdi",
        operator: "kasm-vdi-system",
        turn: "turn",
        storage: "kasm-vdi-storage",
        traefik: "traefik",
      },
      protectData: false,
      preflight: { mode: "enforce" },
      registry: {},
      kasm: {
        chart: { chart: "kasm-helm", repo: "https://helm.kasm.com", version: "1.1190.6" },
        database: "initialize",
        sizing: { deploymentSize: "small", replicas: 2, isCompact: true },
        nginxResolver: "10.43.0.10",
        timeoutSeconds: 900,
      },
      certificate: { kind: "self-signed" },
      gpu: {
        chart: { chart: "gpu-operator", repo: "https://helm.ngc.nvidia.com/nvidia", version: "v26.7.0" },
        replicasPerGpu: 8,
        driver: "host",
        tolerations: [],
        timeoutSeconds: 900,
      },
      storage: {
        mode: "check",
        className: "local-path",
        path: "/var/lib/kasm-vdi/storage",
        image: "rancher/local-path-provisioner:v0.0.37",
        helperImage: "busybox:1.37.0",
        timeoutSeconds: 600,
      },
      traefik: {
        mode: "k3s",
        configure: true,
        failurePolicy: "abort",
        chart: { chart: "traefik", repo: "https://traefik.github.io/charts", version: "41.5.0" },
        timeoutSeconds: 300,
      },
      operator: {
        replicas: 2,
        enforceIdentity: true,
        access: { middlewares: [] },
        logLevel: "info",
        maxSessionsPerUser: 10,
        monitoring: false,
        timeoutSeconds: 600,
      },
      agents: [],
      agentInstaller: {
        version: "1.19.0",
        url: "https://kasm-static-content.s3.amazonaws.com/kasm_release_1.19.0.tar.gz",
        options: [],
      },
    });
  });

  it("TURN's realm, addresses and image, when there is TURN", () => {
    const { turn } = loadConfig({ ...good, publicIPs: ["192.0.2.1"], turn: { enabled: true } });
    expect(turn).to.include({ realm: "turn.desktops.example.com", image: "coturn/coturn:4.17.0-r0-alpine" });
    expect(turn?.publicIPs).to.deep.equal(["192.0.2.1"]);
  });

  it("a name for the pull secret whose content is given", () => {
    const { registry } = loadConfig({ ...good, registry: { pullSecret: '{"auths":{}}' } });
    expect(registry).to.include({ pullSecretName: "site-registry" });
  });

  it("a class of its own for storage mode own", () => {
    expect(loadConfig({ ...good, storage: { mode: "own" } }).storage.className).to.equal("kasm-local-path");
  });

  it("the machine's address for the agent's name", () => {
    const agents = [{ name: "a", host: "192.0.2.9", hostKey, password: "p" }];
    expect(loadConfig({ ...good, agents }).agents[0]).to.include({
      publicHostname: "192.0.2.9",
      port: 22,
      user: "root",
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
    const readChart = () => ({ name: "gpu-operator", version: "v26.7.0" });
    const chartOf = (chart: object) => loadConfig({ ...good, gpu: { chart } }, "x.yaml", readChart).gpu.chart;
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
