import { expect } from "chai";
import { Cluster } from "../../../analyzers/cluster.ts";
import { probeDns } from "../../../diagnose/probes/dns.ts";
import { probeTargets } from "../../../diagnose/probes/targets.ts";
import type { AnyObject } from "../../../kube/object.ts";
import { allCases, snapshotOf } from "../../cases/case.ts";

const clusterOf = (name: string) => new Cluster(snapshotOf(allCases().find((it) => it.name === name)!));

/** The lab, as if its nodes were machines. */
function realLab(): Cluster {
  const snapshot = snapshotOf(allCases().find(({ name }) => name === "healthy/lab")!);
  const nodes = new Cluster(snapshot).nodes.map((it) => ({ ...it, metadata: { ...it.metadata, annotations: {} } }));
  return new Cluster({
    ...snapshot,
    objects: { ...snapshot.objects, Node: { seen: nodes as unknown as AnyObject[] } },
  });
}

describe("what the probes ask", () => {
  it("is Kasm's host, each session's host and stream, through the address of Traefik's Service", () => {
    const { hosts, ports, turn, gatewayAddresses } = probeTargets(realLab());
    expect(gatewayAddresses).to.deep.equal(["198.18.0.10", "198.18.0.11", "198.18.0.12"]);
    expect(hosts.map(({ about, address, port }) => `${about} ${address}:${port}`)).to.deep.equal([
      "Ingress kasm/kasm-proxy 198.18.0.10:443",
      "VDISession kasm-vdi/demo 198.18.0.10:443",
    ]);
    expect(hosts[1]!.sessionId).to.equal("pid4tfdgckeiqxrc");
    expect(ports).to.deep.equal([{ namespace: "kasm-vdi", pod: "demo-pid4tfdgckeiqxrc", port: 8080 }]);
    expect(turn).to.deep.equal([]);
  });

  it("is nothing of simulated nodes, at whose addresses somebody else may be", () => {
    const { hosts, ports } = probeTargets(clusterOf("healthy/lab"));
    expect({ hosts, ports }).to.deep.equal({ hosts: [], ports: [] });
  });

  it("is nothing where there is no Traefik with an address", () => {
    expect(probeTargets(clusterOf("traefik/missing")).hosts).to.deep.equal([]);
  });
});

describe("the probe of a name", () => {
  const led = async (found: string[], expected: string[]) =>
    (await probeDns("desk.example.com", expected, 100, () => Promise.resolve(found.map((address) => ({ address })))))
      .ok;

  it("is content when one address is Traefik's", async () => {
    expect(await led(["192.0.2.1", "192.0.2.2"], ["192.0.2.2"])).to.equal(true);
    expect(await led(["192.0.2.1"], ["192.0.2.2"])).to.equal(false);
  });

  it("compares no private address with a public one, as behind a NAT", async () => {
    expect(await led(["192.0.2.1"], ["10.0.0.1"])).to.equal(true);
    expect(await led(["10.0.0.9"], ["10.0.0.1"])).to.equal(false);
  });

  it("tells a name without an address, also where the resolver does not answer", async () => {
    const missing = await probeDns("x.example.com", [], 100, () =>
      Promise.reject(Object.assign(new Error("no"), { code: "ENOTFOUND" })),
    );
    expect(missing.details).to.include({ addresses: "", error: "ENOTFOUND" });
    const silent = await probeDns("x.example.com", [], 50, () => new Promise(() => undefined));
    expect(silent.details).to.include({ error: "ETIMEDOUT" });
  });
});
