import { expect } from "chai";
import * as k8s from "@pulumi/kubernetes";
import { Traefik } from "../../components/traefik/traefik.ts";
import type { TraefikArgs } from "../../components/traefik/traefik.ts";
import { registrationsOf, valueOf } from "./registrations.ts";
import type { Registration } from "./registrations.ts";

const args: TraefikArgs = {
  mode: "k3s",
  configure: true,
  failurePolicy: "abort",
  namespace: "edge",
  chart: { chart: "traefik", version: "41.5.0", repo: "https://traefik.github.io/charts" },
  registry: {},
  publicIPs: [],
  cluster: {},
  timeoutSeconds: 300,
};

const crd = (name: string) => ({
  ...{ apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" },
  ...{ metadata: { name }, spec: { group: "traefik.io" } },
});
/** What the chart renders to. */
const chartObjects = [
  crd("ingressroutes.traefik.io"),
  crd("apis.hub.traefik.io"),
  { apiVersion: "v1", kind: "Service", metadata: { name: "traefik" } },
];
let asked: { token: string; jsonOpts?: string }[] = [];

const register = async (changes: Partial<TraefikArgs>) => {
  asked = [];
  const { resources, result } = await registrationsOf(
    () => {
      const provider = new k8s.Provider("cluster");
      return new Traefik("traefik", { ...args, ...changes }, { provider });
    },
    ({ type, inputs }) => ({
      ...(inputs as object),
      ...(type === "command:local:Command" && { stdout: '{"version":"v3","addresses":[]}' }),
      ...(type === "kubernetes:helm.sh/v3:Release" && { status: { namespace: "edge", name: "traefik" } }),
      ...(type === "kubernetes:core/v1:Service" && { status: { loadBalancer: { ingress: [{ ip: "198.51.100.7" }] } } }),
    }),
    ({ token, inputs }) => {
      asked.push({ token, ...(inputs as object) });
      return { result: chartObjects };
    },
  );
  const named = (name: string): Registration => {
    const found = resources.find((resource) => resource.name === name);
    if (!found) throw new Error(`${name} is not registered; ${resources.map((one) => one.name).join(", ")} are`);
    return found;
  };
  return { resources, named, result };
};

const kubernetesNames = (resources: readonly Registration[]) =>
  resources.filter(({ type, isRead }) => /^kubernetes:/.test(type) && !isRead).map(({ name }) => name);

describe("Traefik", () => {
  it("makes nothing where K3s's Traefik is to stay as it is", async () => {
    const { resources, named } = await register({ configure: false });
    expect(kubernetesNames(resources)).to.deep.equal([]);
    expect(named("traefik-service").dependencies).to.include(named("traefik-gate").urn);
  });

  it("configures K3s's Traefik after the gate, with an explicit failure policy, and waits for the rollout", async () => {
    const { resources, named } = await register({});
    expect(kubernetesNames(resources)).to.deep.equal(["traefik-config"]);
    expect(named("traefik-config").inputs["spec"]).to.deep.include({ failurePolicy: "abort" });
    expect(named("traefik-config").dependencies).to.include(named("traefik-gate").urn);
    expect(named("traefik-rollout").dependencies).to.include(named("traefik-config").urn);
  });

  it("installs our own after the gate, into a closed namespace with Pod Security restricted", async () => {
    const { resources, named } = await register({ mode: "own" });
    expect(kubernetesNames(resources)).to.have.members([
      "traefik-namespace",
      "traefik-default-deny",
      "traefik-traefik",
      "traefik-ingressroutes.traefik.io",
      "traefik-release",
    ]);
    expect(named("traefik-namespace").dependencies).to.include(named("traefik-gate").urn);
    expect(named("traefik-namespace").inputs["metadata"]).to.deep.include({
      labels: { "pod-security.kubernetes.io/enforce": "restricted" },
    });
    expect(named("traefik-release").dependencies).to.include.members([
      named("traefik-namespace").urn,
      named("traefik-default-deny").urn,
    ]);
    expect(named("traefik-rollout").dependencies).to.include(named("traefik-release").urn);
  });

  it("upgrades the chart's own CRDs before Helm runs, which never does, and leaves them behind as Helm does", async () => {
    const { named } = await register({ mode: "own" });
    const made = named("traefik-ingressroutes.traefik.io");
    expect(made.retainOnDelete).to.equal(true);
    expect(made.dependencies).to.include(named("traefik-gate").urn);
    expect(made.inputs["metadata"]).to.deep.include({ annotations: { "pulumi.com/patchForce": "true" } });
    expect(named("traefik-release").dependencies).to.include(made.urn);
  });

  const places: [string, TraefikArgs["chart"], object, object | undefined][] = [
    ["a repository", args.chart, { fetch_opts: { repo: args.chart.repo } }, { repo: args.chart.repo }],
    [
      "a repository that has a sign-in",
      { chart: "traefik", version: "41.5.0", repoName: "site" },
      { repo: "site" },
      { repo: "site" },
    ],
    ["a registry", { chart: "oci://registry.example.com/traefik", version: "41.5.0" }, {}, undefined],
    ["a folder", { chart: "./lab/charts/traefik", version: "41.5.0" }, { path: "./lab/charts/traefik" }, undefined],
  ];
  for (const [place, chart, fetched, released] of places)
    it(`takes CRDs and release of one version from one place: ${place}`, async () => {
      const { named } = await register({ mode: "own", chart });
      const { helm_registry_config: signIns, ...options } = JSON.parse(asked[0]?.jsonOpts ?? "{}") as Record<
        string,
        string
      >;
      expect(signIns !== undefined).to.equal(chart.chart.startsWith("oci://"));
      const whole = "path" in fetched ? {} : { chart: chart.chart, version: chart.version };
      expect(options).to.deep.equal({ ...whole, ...fetched, release_name: "crds" });
      const { inputs } = named("traefik-release");
      expect(inputs["repositoryOpts"]).to.deep.equal(released);
      expect([inputs["chart"], inputs["version"]]).to.deep.equal([chart.chart, chart.version]);
    });

  it("lets the default certificate come from Kasm's namespace alone", async () => {
    const { named } = await register({ mode: "own", defaultCertificateNamespace: "kasm" });
    expect(named("traefik-release").inputs["values"]).to.deep.include({
      providers: { kubernetesCRD: { defaultTLSResourcesNamespace: "kasm" } },
    });
  });

  it("asks the gate for room in mode own, and for a free configuration in mode k3s", async () => {
    const input = async (changes: Partial<TraefikArgs>) => {
      const { named } = await register(changes);
      const { INPUT } = named("traefik-gate").inputs["environment"] as { INPUT: string };
      return JSON.parse(INPUT) as object;
    };
    expect(await input({ mode: "own" })).to.deep.equal({ mode: "own", timeoutSeconds: 300 });
    const middlewareFields = ["forwardAuth.maxResponseBodySize", "errors.statusRewrites"];
    const k3s = { mode: "k3s", timeoutSeconds: 300, middlewareFields };
    expect(await input({})).to.deep.equal({ ...k3s, failurePolicy: "abort" });
    expect(await input({ configure: false })).to.deep.equal(k3s);
  });

  it("reads the addresses from the Service of the Traefik that serves", async () => {
    const k3s = await register({});
    expect(await valueOf(k3s.result.addresses)).to.deep.equal(["198.51.100.7"]);
    const own = await register({ mode: "own" });
    expect(await valueOf(own.result.addresses)).to.deep.equal(["198.51.100.7"]);
    expect(own.named("traefik-service").dependencies).to.include(own.named("traefik-rollout").urn);
  });

  it("asks nobody for addresses that are given", async () => {
    const { resources, result } = await register({ publicIPs: ["192.0.2.1"] });
    expect(resources.some(({ isRead }) => isRead)).to.equal(false);
    expect(await valueOf(result.addresses)).to.deep.equal(["192.0.2.1"]);
  });
});
