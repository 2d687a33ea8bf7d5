import { expect } from "chai";
import { Cluster } from "../../../analyzers/cluster.ts";
import { closedBy } from "../../../analyzers/network/policy.ts";
import type { NetworkPolicy } from "../../../analyzers/network/policy.ts";
import type { Pod } from "../../../kube/kinds.ts";
import { denyAll, toAnywhere, toClusterDns } from "../../../components/objects/network-policy.ts";

type Spec = NonNullable<NetworkPolicy["spec"]>;

const pod = (namespace: string, app: string, podIP: string): Pod => ({
  kind: "Pod",
  metadata: { namespace, name: app, labels: { app } },
  spec: { containers: [{ name: "c", ports: [{ name: "http", containerPort: 8080 }] }] },
  status: { podIP },
});
const [proxy, api, other] = [
  pod("kasm", "proxy", "10.42.0.1"),
  pod("kasm", "api", "10.42.0.2"),
  pod("b", "api", "10.42.1.2"),
];

function closed(from: Pod, to: Pod, specs: readonly Spec[], port = 8080, protocol: "TCP" | "UDP" = "TCP"): string[] {
  const policies = specs.map((spec, at) => ({
    kind: "NetworkPolicy",
    metadata: { namespace: "kasm", name: `p${at}` },
    spec,
  }));
  const namespaces = ["kasm", "b"].map((name) => ({ kind: "Namespace", metadata: { name, labels: { team: name } } }));
  const cluster = new Cluster({
    kind: "KasmVdiSnapshot",
    schemaVersion: 1,
    takenAt: "2026-11-29T09:00:00Z",
    objects: { NetworkPolicy: { seen: policies }, Namespace: { seen: namespaces } },
    logs: [],
    probes: [],
  });
  return (closedBy(cluster, { from, to, protocol, port }) ?? []).map(({ metadata }) => metadata.name);
}

const deny = denyAll("kasm").spec as Spec;

describe("the way between two pods", () => {
  it("is open where no policy selects either", () => {
    expect(closed(proxy, api, [])).to.deep.equal([]);
    expect(closed(proxy, api, [{ ...deny, podSelector: { matchLabels: { app: "db" } } }])).to.deep.equal([]);
  });

  it("is closed by a policy that opens nothing, at either end", () => {
    expect(closed(proxy, api, [{ podSelector: {}, policyTypes: ["Egress"] }])).to.deep.equal(["p0"]);
    expect(closed(proxy, api, [{ podSelector: {} }])).to.deep.equal(["p0"]);
    expect(closed(other, api, [deny])).to.deep.equal(["p0"]);
  });

  it("is opened by any policy beside it", () => {
    const within: Spec = {
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
      ingress: [{ from: [{ podSelector: {} }] }],
      egress: [{ to: [{ podSelector: { matchLabels: { app: "api" } } }], ports: [{ port: 8000, endPort: 8090 }] }],
    };
    expect(closed(proxy, api, [deny, within])).to.deep.equal([]);
    expect(closed(proxy, api, [deny, within], 9000)).to.deep.equal(["p0", "p1"]);
    expect(closed(proxy, api, [deny, within], 8080, "UDP")).to.deep.equal(["p0", "p1"]);
  });

  it("is opened to a namespace by its labels, to an address by its range, and to a port by its name", () => {
    const to = (egress: Spec["egress"]): Spec => ({
      podSelector: {},
      policyTypes: ["Egress"],
      ...(egress && { egress }),
    });
    const b = { namespaceSelector: { matchExpressions: [{ key: "team", operator: "In", values: ["b"] }] } };
    expect(closed(proxy, other, [to([{ to: [b] }])])).to.deep.equal([]);
    expect(closed(proxy, api, [to([{ to: [b] }])])).to.deep.equal(["p0"]);
    expect(
      closed(proxy, other, [to([{ to: [{ ipBlock: { cidr: "10.42.0.0/16", except: ["10.42.1.0/24"] } }] }])]),
    ).to.deep.equal(["p0"]);
    expect(closed(proxy, api, [to([{ ports: [{ port: "http" }] }])])).to.deep.equal([]);
    expect(closed(proxy, api, [to([toAnywhere as never])])).to.deep.equal([]);
  });

  it("is not opened by a label that nobody has, though every object answers to its name", () => {
    for (const key of ["constructor", "toString", "__proto__"]) {
      const opens = (operator: "Exists" | "DoesNotExist"): Spec => ({
        podSelector: {},
        ingress: [{ from: [{ podSelector: { matchExpressions: [{ key, operator }] } }] }],
      });
      expect(closed(proxy, api, [opens("Exists")]), key).to.deep.equal(["p0"]);
      expect(closed(proxy, api, [opens("DoesNotExist")]), key).to.deep.equal([]);
    }
  });

  it("reads the policies of the product as Kubernetes does", () => {
    const dns = {
      ...pod("kube-system", "coredns", "10.42.0.9"),
      metadata: { namespace: "kube-system", name: "coredns", labels: { "k8s-app": "kube-dns" } },
    };
    const toDns: Spec = { podSelector: {}, policyTypes: ["Egress"], egress: [toClusterDns as never] };
    expect(closed(proxy, dns, [deny, toDns], 53, "UDP")).to.deep.equal([]);
    expect(closed(proxy, dns, [deny, toDns], 53, "TCP")).to.deep.equal([]);
    expect(closed(proxy, dns, [deny], 53, "UDP")).to.deep.equal(["p0"]);
  });
});
