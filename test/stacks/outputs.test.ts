import { expect } from "chai";
import fc from "fast-check";
import { loadConfig } from "../../stacks/config.ts";
import { dnsRecords, plannedOutputs } from "../../stacks/outputs.ts";

describe("dnsRecords", () => {
  it("gives the base domain and everything below it, by address family", () => {
    expect(dnsRecords("a.example.com", ["2001:db8::1", "192.0.2.2", "192.0.2.1"])).to.deep.equal([
      { name: "a.example.com", type: "A", ttl: 300, values: ["192.0.2.1", "192.0.2.2"] },
      { name: "a.example.com", type: "AAAA", ttl: 300, values: ["2001:db8::1"] },
      { name: "*.a.example.com", type: "A", ttl: 300, values: ["192.0.2.1", "192.0.2.2"] },
      { name: "*.a.example.com", type: "AAAA", ttl: 300, values: ["2001:db8::1"] },
    ]);
  });

  it("gives no record for a family without addresses", () => {
    expect(dnsRecords("a.example.com", ["192.0.2.1"]).map(({ type }) => type)).to.deep.equal(["A", "A"]);
    expect(dnsRecords("a.example.com", [])).to.deep.equal([]);
  });

  it("points at a load balancer that has but a host name by CNAME", () => {
    expect(dnsRecords("a.example.com", ["lb.example.net"])).to.deep.equal([
      { name: "a.example.com", type: "CNAME", ttl: 300, values: ["lb.example.net"] },
      { name: "*.a.example.com", type: "CNAME", ttl: 300, values: ["lb.example.net"] },
    ]);
    expect(dnsRecords("a.example.com", ["lb.example.net", "192.0.2.1"]).map(({ type }) => type)).to.deep.equal([
      "A",
      "A",
    ]);
  });

  it("is the same for the same addresses in any order, and however often", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.ipV4(), fc.ipV6())), (addresses) => {
        const doubled = [...addresses, ...addresses].reverse();
        expect(dnsRecords("a.example.com", doubled)).to.deep.equal(dnsRecords("a.example.com", addresses));
      }),
    );
  });
});

describe("dnsRecords with a TURN server", () => {
  it("gives it its own addresses, which the wildcard then does not cover", () => {
    const turn = { host: "turn.a.example.com", addresses: ["192.0.2.9"] };
    expect(dnsRecords("a.example.com", ["192.0.2.1"], turn).at(-1)).to.deep.equal({
      name: "turn.a.example.com",
      type: "A",
      ttl: 300,
      values: ["192.0.2.9"],
    });
  });
});

describe("plannedOutputs", () => {
  const base = { domain: "a.example.com", nodeCount: 3, gpuCount: 4 };

  it("keeps its contract: names and shapes that other stacks read, null for what is not there", () => {
    expect(plannedOutputs(loadConfig({ ...base, gpuCount: 0 }))).to.deep.equal({
      urls: { kasm: "https://a.example.com", portal: null },
      capacity: { nodes: 3, gpus: 0, slices: 0, sessions: 3 },
      namespaces: {
        kasm: "kasm",
        vdi: "kasm-vdi",
        operator: "kasm-vdi-system",
        traefik: "kube-system",
        gpuOperator: null,
        turn: null,
        storage: null,
      },
      turn: null,
    });
  });

  it("names all that is installed", () => {
    const all = {
      ...base,
      nodeSize: { cpuCores: 64, memoryGiB: 256 },
      publicIPs: ["192.0.2.1"],
      turn: { enabled: true },
      storage: { mode: "own" },
      traefik: { mode: "own" },
      portal: { enabled: true, hostLabel: "desk", oidc: { issuer: "https://id.example.com", clientId: "portal" } },
    };
    expect(plannedOutputs(loadConfig(all))).to.deep.equal({
      urls: { kasm: "https://a.example.com", portal: "https://desk.a.example.com" },
      capacity: { nodes: 3, gpus: 4, slices: 32, sessions: 32 },
      namespaces: {
        kasm: "kasm",
        vdi: "kasm-vdi",
        operator: "kasm-vdi-system",
        traefik: "traefik",
        gpuOperator: "gpu-operator",
        turn: "turn",
        storage: "kasm-vdi-storage",
      },
      turn: {
        host: "turn.a.example.com",
        realm: "turn.a.example.com",
        ports: { listen: 3478, tls: null, relay: [49152, 49407] },
      },
    });
  });
});
