import { expect } from "chai";
import { networkPolicySpec } from "../../../operator/resources/network-policy.ts";
import { template } from "../status/views.ts";
import { settings } from "../session/settings.ts";

interface Peer {
  ipBlock?: { cidr: string; except: string[] };
  namespaceSelector?: { matchLabels: Record<string, string> };
}
type Egress = { to?: Peer[]; ports?: { protocol: string; port: number }[] }[];

const egress = (changes: Parameters<typeof template>[0], hasTurn = true): Egress =>
  networkPolicySpec({ a: "b" }, template(changes), { ...settings, turn: hasTurn ? settings.turn : undefined }).egress;
const blocks = (rules: Egress) => rules.flatMap(({ to = [] }) => to.flatMap(({ ipBlock }) => ipBlock ?? []));

describe("the network of a desktop", () => {
  it("lets in Traefik and the operator, to the stream's port alone", () => {
    const { ingress } = networkPolicySpec({ a: "b" }, template({ runtime: { type: "kasmvnc" } }), settings);
    expect(ingress).to.have.lengthOf(1);
    expect(ingress[0]?.ports).to.deep.equal([{ protocol: "TCP", port: 6901 }]);
    const namespaces = ingress[0]?.from.map((it) => it.namespaceSelector.matchLabels["kubernetes.io/metadata.name"]);
    expect(namespaces).to.deep.equal(["kube-system", "kasm-vdi-system"]);
  });

  it("leads to the internet without private ranges and metadata services", () => {
    const [v4, v6] = blocks(egress({ networkMode: "Internet" }));
    expect(v4).to.deep.include({ cidr: "0.0.0.0/0" });
    expect(v4?.except).to.include.members([
      "10.0.0.0/8",
      "172.16.0.0/12",
      "192.168.0.0/16",
      "169.254.0.0/16",
      "100.64.0.0/10",
    ]);
    expect(v6?.except).to.include.members(["fc00::/7", "fe80::/10"]);
  });

  it("never leads to metadata services, not in the cluster's mode either", () => {
    for (const networkMode of ["Internet", "Cluster", "Isolated"] as const)
      for (const { cidr, except } of blocks(egress({ networkMode })))
        expect(except).to.include(cidr === "0.0.0.0/0" ? "169.254.0.0/16" : "fe80::/10");
    const [v4, v6] = blocks(egress({ networkMode: "Cluster" }));
    expect(v4?.except).to.include.members(["100.100.100.200/32", "168.63.129.16/32"]);
    expect(v6?.except).to.include.members(["fd00:ec2::254/128", "fd20:ce::254/128"]);
  });

  it("leads nowhere when it is isolated, not even to names", () => {
    expect(egress({ networkMode: "Isolated" })).to.deep.equal([]);
  });

  it("leads to the TURN server where the desktop streams by WebRTC, and there is one", () => {
    const ports = (rules: Egress) =>
      rules.flatMap((rule) => (rule.to ? [] : (rule.ports ?? []).map(({ port }) => port)));
    expect(ports(egress({ stream: "WebRTC" }))).to.deep.equal([3478, 3478]);
    expect(ports(egress({ stream: "WebRTC" }, false))).to.deep.equal([]);
    expect(ports(egress({ stream: "WebSocket" }))).to.deep.equal([]);
  });
});
