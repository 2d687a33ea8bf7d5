import { expect } from "chai";
import { preflightInput } from "../../../components/preflight/values.ts";
import type { PreflightExpectation } from "../../../components/preflight/values.ts";

const pool = (name: string, count: number, gpusPerNode: number, replicasPerGpu = 8) => ({
  name,
  count,
  gpusPerNode,
  replicasPerGpu,
  labels: { pool: name },
});

const base: PreflightExpectation = {
  domain: "desktops.example.com",
  publicIPs: ["192.0.2.1"],
  cluster: {},
  pools: [pool("cpu", 2, 0)],
  namespaces: {
    kasm: "kasm",
    gpuOperator: "gpu-operator",
    vdi: "kasm-vdi",
    turn: "turn",
    storage: "local-path-storage-vdi",
    traefik: "traefik",
  },
  kasm: { sizing: { deploymentSize: "small", replicas: 2, isCompact: false }, nginxResolver: "10.43.0.10" },
  certificate: { kind: "self-signed" },
  storage: { mode: "check", className: "local-path" },
  traefik: { mode: "k3s" },
  operator: { enforceIdentity: true },
  crds: ["vdisessions.vdi.kasm.io"],
};
const input = (changes: Partial<PreflightExpectation> = {}) => preflightInput({ ...base, ...changes });
const turn = {
  nodeLabels: { edge: "yes" },
  ports: { listen: 3478, tls: 5349, relayMin: 49152, relayMax: 49407 },
};

describe("the input of preflight", () => {
  it("asks for admission policies only where one is made", () => {
    expect(input().enforceIdentity).to.equal(true);
    expect(input({ operator: { enforceIdentity: false } }).enforceIdentity).to.equal(false);
  });

  it("counts nodes over all pools, and asks for each pool's labels, the device plugin's among them", () => {
    const { nodeCount, pools } = input({ pools: [pool("cpu", 1, 0), pool("gpu", 3, 2), pool("few", 1, 1, 4)] });
    expect(nodeCount).to.equal(5);
    expect(pools.map(({ labels }) => labels)).to.deep.equal([
      { pool: "cpu" },
      { pool: "gpu" },
      { pool: "few", "nvidia.com/device-plugin.config": "shared-4" },
    ]);
  });

  it("speaks only of namespaces that the stack makes", () => {
    expect(Object.keys(input().namespaces)).to.deep.equal(["kasm", "vdi"]);
    const all = input({
      pools: [pool("gpu", 1, 1)],
      turn,
      storage: { mode: "own", className: "x" },
      traefik: { mode: "own" },
    });
    expect(all.namespaces).to.deep.equal(base.namespaces);
  });

  it("asks for room for Kasm in its size, the Job that fills its database, and a desktop of the default template", () => {
    expect(input().demand).to.deep.equal({
      kasm: { cpuMillis: 7250, memoryMiB: 5888 },
      initJob: { cpuMillis: 500, memoryMiB: 512 },
      desktop: { cpuMillis: 1000, memoryMiB: 3072 },
    });
    const sizing = { deploymentSize: "small", replicas: 2, isCompact: true } as const;
    const compact = input({ kasm: { ...base.kasm, sizing }, pools: [pool("gpu", 1, 1)] }).demand;
    expect(compact.kasm).to.deep.equal({ cpuMillis: 3250, memoryMiB: 3584 });
    expect(compact.desktop).to.deep.equal({ cpuMillis: 2000, memoryMiB: 4096 });
  });

  it("asks for the TURN server's nodes only with a TURN server", () => {
    expect(input().turnLabels).to.deep.equal({});
    expect(input({ turn }).turnLabels).to.deep.equal({ edge: "yes" });
  });

  it("needs the class to be there unless the stack makes it", () => {
    expect(input().storage).to.deep.equal({ className: "local-path", isOurs: false });
    expect(input({ storage: { mode: "patch", className: "local-path" } }).storage.isOurs).to.equal(false);
    expect(input({ storage: { mode: "own", className: "kasm" } }).storage.isOurs).to.equal(true);
  });

  it("asks for Traefik's ports, for RDP's where it is used, and for TURN's with its relay range", () => {
    const ports = (changes: Partial<PreflightExpectation> = {}) =>
      input(changes).ports.map(({ from, to, protocol, level }) => `${protocol} ${from}-${to} ${level}`);
    expect(ports()).to.deep.equal(["TCP 80-80 required", "TCP 443-443 required", "TCP 3389-3389 recommended"]);
    expect(ports({ kasm: { ...base.kasm, directRdp: { port: 3390 } }, turn }).slice(2)).to.deep.equal([
      "TCP 3390-3390 required",
      "UDP 3478-3478 required",
      "TCP 3478-3478 required",
      "UDP 49152-49407 required",
    ]);
    expect(ports({ turn: { ...turn, tlsSecretName: "turn-tls" } })).to.include("TCP 5349-5349 required");
  });
});
