import { expect } from "chai";
import { networkPolicies as gpuPolicies } from "../../../components/gpu-operator/manifests.ts";
import { gpuReleaseName } from "../../../components/gpu-operator/gpu-operator.ts";
import { disruptionBudgets, networkPolicies } from "../../../components/kasm-workspaces/manifests.ts";
import { preUpgradeInput } from "../../../components/kasm-workspaces/pre-upgrade.ts";
import { secretName } from "../../../components/kasm-workspaces/values.ts";
import { traefikPods, traefikPolicy } from "../../../components/traefik/manifests.ts";
import { traefikReleaseName } from "../../../components/traefik/traefik.ts";
import { plainKasm } from "../../components/kasm-workspaces/args.ts";
import { objectNamed, recordedFacts } from "../../../lab/chart-facts/facts.ts";
import type { ChartFacts } from "../../../lab/chart-facts/facts.ts";
import type { Labels, ObjectFacts } from "../../../lab/chart-facts/objects.ts";

const factsOf = (chart: string) => recordedFacts().filter((facts) => facts.chart === chart);
const all = ({ variants }: ChartFacts): ObjectFacts[] => Object.values(variants).flat();
const has = (labels: Labels, wanted: Labels) => Object.entries(wanted).every(([key, value]) => labels[key] === value);
const podsWith = (facts: ChartFacts, wanted: Labels) => all(facts).filter(({ pod }) => pod && has(pod.labels, wanted));
/** The spec of a manifest that holds nothing unknown. */
const specOf = (manifest: object) => (manifest as { spec: Record<string, unknown> }).spec;
const portsOf = ({ pod }: ObjectFacts) => (pod?.containers ?? []).flatMap(({ ports = [] }) => ports);

describe("what the program names of kasm-helm", () => {
  for (const facts of factsOf("kasm-helm")) {
    const { version, variants } = facts;
    const chart = { chart: "kasm-helm", version };
    const named = (variant: string, kind: string, name: string) => objectNamed(variants[variant] ?? [], kind, name);

    it(`is there in ${version}: the Jobs and the database that an upgrade clears the way for`, () => {
      const input = preUpgradeInput("kasm", { ...plainKasm, chart, database: "upgrade" });
      expect(named("upgrade", "Job", input.job ?? "")).not.to.equal(undefined);
      expect(named("upgrade", "StatefulSet", input.upgradeTo ?? "")).not.to.equal(undefined);
      const filling = preUpgradeInput("kasm", { ...plainKasm, chart });
      expect(named("small", "Job", filling.job ?? "")).not.to.equal(undefined);
    });

    it(`is there in ${version}: the Service that the CronJob dumps from, and the Ingress's`, () => {
      expect(named("small", "Service", "kasm-db")?.ports?.map(({ port }) => port)).to.deep.equal([5432]);
      expect(named("small", "Service", "kasm-proxy-default")?.ports?.map(({ port }) => port)).to.include(8080);
      expect(named("small", "Ingress", "kasm-proxy")).not.to.equal(undefined);
    });

    it(`makes no Secret of its own in ${version}, so that ${secretName} is ours`, () => {
      expect(all(facts).filter(({ kind }) => kind === "Secret")).to.deep.equal([]);
    });

    it(`has pods in ${version} behind every NetworkPolicy and every disruption budget`, () => {
      const policies = Object.values(networkPolicies("kasm", "traefik", true));
      const budgets = Object.values(disruptionBudgets("kasm", 2));
      const selectors = [
        ...policies.map((policy) => specOf(policy)["podSelector"]),
        ...budgets.map((budget) => specOf(budget)["selector"]),
      ];
      for (const { matchLabels = {} } of selectors as { matchLabels?: Labels }[])
        expect(podsWith(facts, matchLabels), JSON.stringify(matchLabels)).not.to.deep.equal([]);
    });

    it(`leads RDP in ${version} to the port that the policy opens, whatever port browsers see`, () => {
      const service = named("directRdp", "Service", "kasm-rdp-gateway-default");
      expect(service?.ports?.find(({ port }) => port === 13389)?.targetPort).to.equal(3389);
    });

    it(`keeps the database's volume in ${version} and lets recordings go with an uninstall`, () => {
      expect(named("small", "StatefulSet", "kasm-db-1-19-0")?.claimPolicy).to.deep.equal({
        whenDeleted: "Retain",
        whenScaled: "Retain",
      });
      expect(named("small", "StatefulSet", "kasm-guac-default")?.claimPolicy?.["whenDeleted"]).to.equal("Delete");
    });
  }
});

describe("what the program names of the GPU operator", () => {
  for (const facts of factsOf("gpu-operator")) {
    const { version } = facts;
    it(`is there in ${version}: ClusterPolicy, Deployment, feature discovery`, () => {
      const objects = Object.values(facts.variants)[0] ?? [];
      expect(objectNamed(objects, "ClusterPolicy", "cluster-policy")).not.to.equal(undefined);
      expect(objectNamed(objects, "Deployment", "gpu-operator")).not.to.equal(undefined);
      const discovery = podsWith(facts, { "app.kubernetes.io/name": "node-feature-discovery", role: "worker" });
      expect(discovery).not.to.deep.equal([]);
      expect(discovery[0]?.name).to.equal(`${gpuReleaseName}-node-feature-discovery-worker`);
    });

    it(`serves metrics in ${version} at ports that the NetworkPolicy opens`, () => {
      const rules = Object.values(gpuPolicies("gpu-operator", "host", {})).flatMap(
        (policy) => (specOf(policy)["ingress"] ?? []) as { ports?: { port: number }[] }[],
      );
      const open = rules.flatMap(({ ports = [] }) => ports);
      const served = all(facts)
        .flatMap(portsOf)
        .filter(({ name }) => name === "http" || name === "metrics");
      for (const { port } of served) expect(open.map((it) => it.port)).to.include(port);
    });
  }
});

describe("what the program names of Traefik", () => {
  for (const facts of factsOf("traefik")) {
    const { version } = facts;
    it(`is there in ${version}: Deployment and Service of the release's name, pods with the labels of the policy`, () => {
      const objects = facts.variants["plain"] ?? [];
      expect(objectNamed(objects, "Deployment", traefikReleaseName)).not.to.equal(undefined);
      expect(objectNamed(objects, "Service", traefikReleaseName)?.type).to.equal("LoadBalancer");
      expect(podsWith(facts, traefikPods("traefik"))).not.to.deep.equal([]);
    });

    it(`has ports in ${version} by the names that the policy opens`, () => {
      const open = traefikPolicy("traefik", {}).spec.ingress.flatMap(({ ports }) => ports.map(({ port }) => port));
      const [pod] = podsWith(facts, traefikPods("traefik"));
      expect(pod && portsOf(pod).map(({ name }) => name)).to.include.members(open);
    });

    it(`brings the CRDs in ${version} of every kind that we make routes of`, () => {
      const kinds = ["ingressroutes", "middlewares", "tlsstores", "serverstransports"];
      expect(facts.crds).to.include.members(kinds.map((kind) => `${kind}.traefik.io`));
    });
  }
});
