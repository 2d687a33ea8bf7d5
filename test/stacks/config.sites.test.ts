import { expect } from "chai";
import fc from "fast-check";
import { ConfigError, loadConfig } from "../../stacks/config.ts";
import { cronProblem } from "../../stacks/cron.ts";

const good = { domain: "desktops.example.com", nodeCount: 3, gpuCount: 2 };

function problemsOf(config: object): string {
  try {
    loadConfig({ ...good, ...config });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ key, message }) => `${key} ${message}`).join("\n");
    throw error;
  }
  return "";
}

/** What sites have written, and what they are told to write. */
const refused: [string, object, RegExp][] = [
  ["a domain in capitals", { domain: "Desktops.Example.com" }, /: write desktops\.example\.com$/],
  ["a domain in letters of its own script", { domain: "bücher.example.com" }, /: write xn--bcher-kva\.example\.com$/],
  [
    "a domain with a port",
    { domain: "d.example.com:8443" },
    /: write d\.example\.com; browsers reach it on port 443 alone$/,
  ],
  ["an address for a domain", { domain: "https://d.example.com/login" }, /: write d\.example\.com$/],
  ["a wildcard for a domain", { domain: "*.d.example.com" }, /: write d\.example\.com$/],
  [
    "a label that YAML takes for no text",
    { nodePools: [{ name: "a", count: 3, gpusPerNode: 0, labels: { gpu: true } }], gpuCount: 0 },
    /labels\.gpu .*: put it in quotes: "true"$/,
  ],
  [
    "a Middleware as Traefik's dashboard names it",
    { operator: { access: { middlewares: ["kasm-vdi-login@kubernetescrd"] } } },
    /: write login alone; the Middleware has to be in the namespace of sessions$/,
  ],
  ["a kubeconfig below ~", { kubeconfig: "~/.kube/config" }, /only a shell knows ~; write the whole path/],
  ["addresses of IPv6 alone", { publicIPs: ["2001:db8::1"] }, /Kasm's nginx listens on IPv4/],
  ["an hour that no day has", { kasm: { backup: { schedule: "0 25 * * *" } } }, /"25" is no hour: 0 to 23/],
  [
    "volumes in a folder that a restart empties",
    { storage: { mode: "own", path: "/tmp/volumes" } },
    /\/tmp is emptied when the node starts/,
  ],
  [
    "volumes in K3s's own folder",
    { storage: { mode: "own", path: "/var/lib/rancher/k3s/storage/kasm" } },
    /belongs to the provisioner of K3s/,
  ],
  [
    "peers of TURN that hold the nodes themselves",
    { publicIPs: ["192.0.2.7"], turn: { enabled: true, allowedPeers: ["10.42.0.0/16", "192.0.2.0/24"] } },
    /allowedPeers\[1\] "192\.0\.2\.0\/24" holds 192\.0\.2\.7, the nodes' own addresses/,
  ],
];

describe("a config as sites write it is refused:", () => {
  for (const [title, config, message] of refused)
    it(title, () => {
      expect(problemsOf(config)).to.match(message);
    });

  it("with the sign-in of a registry in an address, which no message repeats", () => {
    const addresses = [
      { kasm: { chart: { oci: "oci://robot:swordfish@r.example.com/kasm-helm" } } },
      { gpu: { chart: { repo: "https://robot:swordfish@r.example.com" } } },
      { registry: { mirror: "robot:swordfish@r.example.com/mirror" } },
      { domain: "https://robot:swordfish@d.example.com" },
    ];
    for (const config of addresses) expect(problemsOf(config)).to.not.equal("").and.not.contain("swordfish");
  });

  it("and what they mean is taken", () => {
    const config = {
      publicIPs: ["192.0.2.7", "2001:db8::1"],
      turn: { enabled: true },
      kasm: { backup: { schedule: "30 3 * * 1-5" } },
      storage: { mode: "own", path: "/data/volumes" },
    };
    expect(problemsOf(config)).to.equal("");
  });
});

describe("a schedule", () => {
  it("may be anything that Kubernetes takes", () => {
    for (const schedule of ["* * * * *", "*/5 0-6,22 1 jan-mar MON", "0 3 ? * 0", "59 23 31 12 6"])
      expect(cronProblem(schedule), schedule).to.equal(undefined);
  });

  it("may be nothing else", () => {
    for (const schedule of [
      "60 * * * *",
      "0 0 0 * *",
      "0 0 1 13 *",
      "0 0 * * 7",
      "a * * * *",
      "5-1 * * * *",
      "*/0 * * * *",
    ])
      expect(cronProblem(schedule), schedule).to.be.a("string");
    expect(cronProblem("0 3 * *")).to.match(/^has 4 fields/);
  });

  it("is always answered", () => {
    fc.assert(fc.property(fc.string(), (text) => ["undefined", "string"].includes(typeof cronProblem(text))));
  });
});
