import { expect } from "chai";
import { defaultDeny } from "../../../policy/rules/default-deny.ts";
import { entryPoints } from "../../../policy/rules/entry-points.ts";
import { hostRegexp } from "../../../policy/rules/host-regexp.ts";
import { k3sTraefik } from "../../../policy/rules/k3s-traefik.ts";
import { explicitProvider, oneProvider } from "../../../policy/rules/one-provider.ts";
import { retainedPatches } from "../../../policy/rules/patches.ts";
import { podSecurity } from "../../../policy/rules/pod-security.ts";
import { protectedData } from "../../../policy/rules/protected-data.ts";
import { leastRights } from "../../../policy/rules/rbac.ts";
import { component, configMap, faults, namespace, release, resource } from "./objects.ts";

describe("namespaces-have-a-pod-security-level", () => {
  it("accepts restricted and baseline anywhere, privileged where it is listed", () => {
    for (const level of ["restricted", "baseline"])
      expect(faults(podSecurity, namespace("a", level))).to.deep.equal([]);
    const gpu = namespace("gpu", "privileged", { parent: component("kasm:gpu:GpuOperator") });
    expect(faults(podSecurity, gpu)).to.deep.equal([]);
  });

  it("refuses no level, a wrong one, and privileged elsewhere", () => {
    expect(faults(podSecurity, namespace("a", undefined))[0]).to.match(/^no label/);
    expect(faults(podSecurity, namespace("a", "strict"))[0]).to.match(/is no level: "strict"/);
    const kasm = namespace("a", "privileged", { parent: component("kasm:workspaces:KasmWorkspaces") });
    expect(faults(podSecurity, kasm)[0]).to.match(/not listed for kasm:workspaces:KasmWorkspaces/);
  });
});

describe("namespaces-deny-by-default", () => {
  const policy = (spec: unknown) =>
    resource("kubernetes:networking.k8s.io/v1:NetworkPolicy", { metadata: { name: "p", namespace: "a" }, spec });
  const both = ["Ingress", "Egress"];

  it("accepts a namespace that is closed in both directions", () => {
    expect(
      faults(defaultDeny, namespace("a", "baseline"), policy({ podSelector: {}, policyTypes: both })),
    ).to.deep.equal([]);
  });

  it("refuses one without such a policy, or with one that leaves a way open", () => {
    const weak = [
      { podSelector: {}, policyTypes: ["Ingress"] },
      { podSelector: { matchLabels: { app: "x" } }, policyTypes: both },
      { podSelector: {}, policyTypes: both, egress: [{}] },
    ];
    for (const spec of weak)
      expect(faults(defaultDeny, namespace("a", "baseline"), policy(spec)), JSON.stringify(spec)).to.have.length(1);
    expect(
      faults(defaultDeny, namespace("b", "baseline"), policy({ podSelector: {}, policyTypes: both })),
    ).to.have.length(1);
  });
});

describe("rbac-without-wildcards", () => {
  const role = (rule: unknown) => resource("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", { rules: [rule] });
  const binding = (roleRef: string, subject: unknown) =>
    resource("kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding", {
      roleRef: { name: roleRef },
      subjects: [subject],
    });
  const account = { kind: "ServiceAccount", name: "operator", namespace: "a" };

  it("accepts a role that lists what it may, bound to an account", () => {
    expect(faults(leastRights, role({ apiGroups: [""], resources: ["pods"], verbs: ["get"] }))).to.deep.equal([]);
    expect(faults(leastRights, binding("operator", account))).to.deep.equal([]);
  });

  it("refuses wildcards, also for subresources", () => {
    expect(faults(leastRights, role({ apiGroups: ["*"], resources: ["pods/*"], verbs: ["*"] }))).to.deep.equal([
      "rules[0].apiGroups has a wildcard",
      "rules[0].resources has a wildcard",
      "rules[0].verbs has a wildcard",
    ]);
  });

  it("refuses cluster-admin and bindings for everyone", () => {
    expect(faults(leastRights, binding("cluster-admin", account))).to.deep.equal(["it is bound to cluster-admin"]);
    expect(faults(leastRights, binding("view", { kind: "Group", name: "system:authenticated" }))).to.deep.equal([
      "it is for the group system:authenticated",
    ]);
  });
});

describe("traefik-alone-holds-80-and-443", () => {
  const service = (type: string, port: number, parent?: string) =>
    resource("kubernetes:core/v1:Service", { spec: { type, ports: [{ port }] } }, { parent });

  it("accepts ClusterIP, other ports, and Traefik's own Service", () => {
    expect(faults(entryPoints, service("ClusterIP", 443))).to.deep.equal([]);
    expect(faults(entryPoints, service("LoadBalancer", 3389))).to.deep.equal([]);
    expect(faults(entryPoints, service("LoadBalancer", 443, component("kasm:ingress:Traefik")))).to.deep.equal([]);
  });

  it("refuses a second LoadBalancer on Traefik's ports", () => {
    expect(faults(entryPoints, service("LoadBalancer", 443))).to.deep.equal(["a LoadBalancer on port 443"]);
  });
});

describe("host-regexps-are-anchored", () => {
  const route = (match: string) =>
    resource("kubernetes:traefik.io/v1alpha1:IngressRoute", { spec: { routes: [{ match }] } });

  it("accepts Host, and a HostRegexp that is closed at both ends", () => {
    expect(faults(hostRegexp, route("Host(`a.example.com`)"))).to.deep.equal([]);
    expect(faults(hostRegexp, route("HostRegexp(`^[a-z]+\\.example\\.com$`) && PathPrefix(`/`)"))).to.deep.equal([]);
  });

  it("refuses one that is open at an end", () => {
    expect(faults(hostRegexp, route("Host(`a`) || HostRegexp(`^[a-z]+\\.example\\.com`)"))).to.deep.equal([
      "HostRegexp ^[a-z]+\\.example\\.com is open at its ends",
    ]);
  });
});

describe("k3s-owns-its-traefik", () => {
  const traefik = (mode: string) => resource("kasm:ingress:Traefik", { mode });
  const crd = (group: string) =>
    resource("kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition", { spec: { group } });

  it("accepts the CRDs and the chart where Traefik is ours, and our own CRDs anywhere", () => {
    expect(faults(k3sTraefik, traefik("own"), crd("traefik.io"), release("traefik", {}))).to.deep.equal([]);
    expect(faults(k3sTraefik, traefik("k3s"), crd("vdi.kasm.io"))).to.deep.equal([]);
  });

  it("refuses both where K3s brings Traefik", () => {
    expect(
      faults(k3sTraefik, traefik("k3s"), crd("traefik.io"), release("oci://example.com/charts/traefik", {})),
    ).to.deep.equal(["a CRD of traefik.io", "a Traefik of its own"]);
  });
});

describe("kubernetes-resources-name-their-provider", () => {
  it("accepts an explicit provider, and components, which have none", () => {
    expect(faults(explicitProvider, configMap({}))).to.deep.equal([]);
    expect(faults(explicitProvider, resource("kasm:gpu:GpuOperator", {}, { provider: undefined }))).to.deep.equal([]);
  });

  it("refuses none, and the one that the engine makes by itself", () => {
    const standard = { urn: "urn", name: "default_4_32_0" };
    for (const provider of [undefined, standard])
      expect(faults(explicitProvider, { ...configMap({}), provider })).to.deep.equal(["it has no explicit provider"]);
  });
});

describe("one-kubernetes-provider", () => {
  it("refuses a second provider, and says who uses which", () => {
    const other = { ...configMap({}), name: "y", provider: { urn: "other-urn", name: "other" } };
    expect(faults(oneProvider, configMap({}), configMap({ a: "b" }))).to.deep.equal([]);
    expect(faults(oneProvider, configMap({}), other)).to.deep.equal(["it uses provider other, x uses cluster"]);
  });
});

describe("patches-are-retained", () => {
  const patch = (retainOnDelete: boolean | undefined) =>
    resource("kubernetes:core/v1:ConfigMapPatch", {}, { retainOnDelete });

  it("wants patches to stay, and nothing else", () => {
    expect(faults(retainedPatches, patch(true))).to.deep.equal([]);
    expect(faults(retainedPatches, patch(false))).to.deep.equal(["it is not retained"]);
    expect(faults(retainedPatches, { ...configMap({}), retainOnDelete: false })).to.deep.equal([]);
  });

  it("says nothing where retaining is not told", () => {
    expect(faults(retainedPatches, patch(undefined))).to.deep.equal([]);
  });
});

describe("data-is-protected-as-a-whole", () => {
  const kasm = component("kasm:workspaces:KasmWorkspaces");
  const vdi = component("kasm:vdi:VdiOperator");
  const stack = (protect: boolean) => [
    namespace("kasm", "baseline", { parent: kasm, protect, name: "kasm" }),
    namespace("sessions", "baseline", { parent: vdi, protect, name: "sessions" }),
    namespace("system", "restricted", { parent: vdi, name: "system" }),
    resource("random:index/randomPassword:RandomPassword", {}, { parent: kasm, protect, name: "password" }),
    resource(
      "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition",
      { spec: { group: "vdi.kasm.io" } },
      { parent: vdi, protect, name: "crd" },
    ),
  ];

  it("accepts everything protected, and nothing protected", () => {
    expect(faults(protectedData, ...stack(true))).to.deep.equal([]);
    expect(faults(protectedData, ...stack(false))).to.deep.equal([]);
  });

  it("names each part of the data that was left out", () => {
    for (const { name } of stack(true).filter(({ protect }) => protect)) {
      const gap = stack(true).map((part) => (part.name === name ? { ...part, protect: false } : part));
      expect(faults(protectedData, ...gap), name).to.have.length(1);
    }
  });

  it("wants the namespace of whatever is protected to be so too", () => {
    const volume = resource(
      "kubernetes:core/v1:PersistentVolumeClaim",
      { metadata: { namespace: "other" } },
      { protect: true },
    );
    expect(faults(protectedData, volume, namespace("other", "restricted"))).to.deep.equal(["not protected, x is"]);
  });
});
