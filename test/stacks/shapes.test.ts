import { readFileSync } from "node:fs";
import { expect } from "chai";
import { parse } from "yaml";
import { capacityChecks } from "../../analyzers/preflight/capacity.ts";
import { preflightInput } from "../../components/preflight/values.ts";
import { vendoredCrds } from "../../components/vdi-operator/crds.ts";
import type { AnyObject } from "../../kube/client.ts";
import { loadConfig } from "../../stacks/config.ts";
import type { StackConfig } from "../../stacks/config.ts";
import { plannedOutputs } from "../../stacks/outputs.ts";
import { observedOf, node, pod } from "../analyzers/preflight/cluster.ts";

function shipped(stack: string): StackConfig {
  const text = readFileSync(new URL(`../../Pulumi.${stack}.yaml`, import.meta.url), "utf8");
  return loadConfig((parse(text) as { config: Record<string, unknown> }).config);
}

/** Nodes of the stack's pools, with so many cores taken off each, and what K3s runs on the first of them. */
function clusterOf({ pools, nodeSize }: StackConfig, fewerCores: number): { nodes: AnyObject[]; pods: AnyObject[] } {
  const nodes = pools.flatMap(({ name, count, nodeSize: { cpuCores, memoryGiB } = nodeSize }) =>
    Array.from({ length: count }, (_, index) =>
      node(`${name}-${index}`, { capacity: { cpu: String(cpuCores - fewerCores), memory: `${memoryGiB}Gi` } }),
    ),
  );
  // CoreDNS and metrics-server, as K3s v1.35.4 has them.
  const container = { resources: { requests: { cpu: "100m", memory: "70Mi" } } };
  const nodeName = nodes[0]?.metadata?.name ?? "";
  const pods = ["coredns", "metrics-server"].map((name) =>
    pod(name, {}, { spec: { nodeName, containers: [container] } }),
  );
  return { nodes, pods };
}

function problems(config: StackConfig, fewerCores = 0): string[] {
  const expected = preflightInput({ ...config, crds: vendoredCrds().map(({ name }) => name) });
  const look = observedOf(clusterOf(config, fewerCores));
  return capacityChecks.flatMap((one) => one.findings(expected, look)).map(({ problem }) => problem);
}

/** A node without GPU that is as small as can be. */
const least = (cpuCores: number) =>
  loadConfig({ domain: "d.example.com", nodeCount: 1, gpuCount: 0, nodeSize: { cpuCores, memoryGiB: 8 } });

describe("the shapes that the pages promise, by the requests of the real chart", () => {
  it("dev has room for Kasm and the two desktops that it promises", () => {
    const dev = shipped("dev");
    expect(problems(dev)).to.deep.equal([]);
    expect(plannedOutputs(dev).capacity.sessions).to.equal(2);
  });

  it("dev's Kasm and one desktop want 5 cores: 4 are refused, with the arithmetic", () => {
    expect(problems(shipped("dev"), 3)).to.deep.equal([]);
    expect(problems(shipped("dev"), 4)).to.deep.equal([
      "no desktop of the default template, which requests 2 cores and 4 GiB, can start: " +
        "Kasm's services request 2.05 cores and 2.25 GiB of the 3.8 cores and 15.86 GiB that pods may use",
    ]);
  });

  it("prod has room for Kasm and all of its desktops", () => {
    const prod = shipped("prod");
    expect(problems(prod)).to.deep.equal([]);
    expect(plannedOutputs(prod).capacity.sessions).to.equal(72);
  });

  it("one node without GPU wants 4 cores and 8 GiB: 3 cores are refused, with the arithmetic", () => {
    expect(problems(least(4))).to.deep.equal([]);
    expect(plannedOutputs(least(4)).capacity.sessions).to.equal(1);
    expect(problems(least(4), 1)).to.deep.equal([
      "no desktop of the default template, which requests 1 cores and 3 GiB, can start: " +
        "Kasm's services request 2.05 cores and 2.25 GiB of the 2.8 cores and 7.86 GiB that pods may use",
    ]);
  });

  it("two cores are too few for Kasm itself", () => {
    expect(problems(least(4), 2)).to.deep.equal([
      "Kasm's services request 2.05 cores and 2.25 GiB, with the Job that fills their database 2.55 cores and 2.75 GiB, and the 1 that pods may use have 1.8 cores and 7.86 GiB left",
    ]);
  });
});
