import { expect } from "chai";
import { demandOf, none, plus, podDemand } from "../../../components/capacity/demand.ts";
import type { Demand } from "../../../components/capacity/demand.ts";
import { initJobDemand, kasmPods } from "../../../components/kasm-workspaces/demand.ts";
import type { KasmSizing } from "../../../components/kasm-workspaces/sizing.ts";
import { objectNamed, recordedFacts } from "../../../lab/chart-facts/facts.ts";
import type { ContainerFacts, ObjectFacts } from "../../../lab/chart-facts/objects.ts";

const sizings: Record<string, KasmSizing> = {
  small: { deploymentSize: "small", replicas: 1, isCompact: false },
  medium: { deploymentSize: "medium", replicas: 2, isCompact: false },
  large: { deploymentSize: "large", replicas: 3, isCompact: false },
  compact: { deploymentSize: "small", replicas: 1, isCompact: true },
};

const requested = ({ requests }: ContainerFacts): Demand => {
  const { cpu = "0", memory = "0Mi" } = requests ?? {};
  return demandOf(cpu, memory);
};
const demandOfPod = ({ pod }: ObjectFacts): Demand =>
  podDemand((pod?.containers ?? []).map(requested), (pod?.init ?? []).map(requested));
const sorted = (demands: Demand[]) =>
  demands.toSorted((a, b) => a.cpuMillis - b.cpuMillis || a.memoryMiB - b.memoryMiB);

describe("what Kasm's pods ask of the nodes", () => {
  for (const { chart, version, variants } of recordedFacts()) {
    if (chart !== "kasm-helm") continue;
    for (const [name, sizing] of Object.entries(sizings))
      it(`is reckoned pod by pod as kasm-helm ${version} has it: ${name}`, () => {
        const lasting = (variants[name] ?? []).filter(({ kind }) => kind === "Deployment" || kind === "StatefulSet");
        const pods = lasting.flatMap((it) => Array.from({ length: it.replicas ?? 1 }, () => demandOfPod(it)));
        expect(sorted(kasmPods(sizing))).to.deep.equal(sorted(pods));
      });

    it(`has the Job that fills the database beside it, as kasm-helm ${version} has it`, () => {
      const job = objectNamed(variants["small"] ?? [], "Job", "kasm-db-init");
      expect(job && demandOfPod(job)).to.deep.equal(initJobDemand);
    });
  }
});

describe("what the other charts ask of the nodes beside Kasm", () => {
  it("stays below what is kept free on each node: 500m and 1 GiB", () => {
    for (const { chart, version, variants } of recordedFacts()) {
      if (chart === "kasm-helm") continue;
      const pods = Object.values(variants)[0]?.filter(({ pod, hook }) => pod && hook === undefined) ?? [];
      const { cpuMillis, memoryMiB } = pods.map(demandOfPod).reduce(plus, none);
      expect(cpuMillis, `${chart} ${version}, CPU`).to.be.at.most(500);
      expect(memoryMiB, `${chart} ${version}, memory`).to.be.at.most(1024);
    }
  });
});
