import { capacityChecks } from "../../../analyzers/preflight/capacity.ts";
import { cases, node, pod } from "./cluster.ts";

const fix = "Add nodes, stop what else runs there, or set a smaller kasm-vdi:kasm.deploymentSize";
const short = (nodes: number, cores: number, GiB: number) =>
  `required~ nodes: Kasm's services request 5.75 cores and 4.25 GiB, and the ${nodes} that pods may use have ${cores} cores and ${GiB} GiB left. ${fix}`;

const container = (cpu: string, fields: object = {}) => ({ resources: { requests: { cpu } }, ...fields });
const busy = (spec: object, fields: object = {}) =>
  pod("busy", {}, { metadata: { namespace: "default", name: "busy" }, spec: { nodeName: "a", ...spec }, ...fields });

describe("preflight's check of room for Kasm", () => {
  cases(capacityChecks, [
    {
      title: "counts what other pods request",
      seen: { pods: [busy({ containers: [container("2"), container("500m")] })] },
      finds: [short(2, 5.5, 16)],
    },
    {
      title: "leaves it at that when exactly enough is left",
      seen: { pods: [busy({ containers: [container("2"), container("250m")] })] },
      finds: [],
    },
    {
      title: "counts the largest step of initialisation and sidecars, as the scheduler does",
      seen: {
        pods: [
          busy({
            containers: [container("100m")],
            initContainers: [container("3"), container("500m", { restartPolicy: "Always" })],
            overhead: { cpu: "100m" },
          }),
        ],
      },
      finds: [short(2, 4.9, 16)],
    },
    {
      title: "forgets pods that are over, pods without a node, and Kasm's own of an earlier run",
      seen: {
        pods: [
          busy({ containers: [container("4")] }, { status: { phase: "Succeeded" } }),
          busy({ containers: [container("4")], nodeName: undefined }),
          busy({ containers: [container("4")] }, { metadata: { namespace: "kasm", name: "kasm-db" } }),
        ],
      },
      finds: [],
    },
    {
      title: "does not count nodes that Kasm's pods cannot be placed on",
      seen: {
        nodes: [
          node("a"),
          node("b", { spec: { unschedulable: true } }),
          node("c", { spec: { taints: [{ key: "x", effect: "NoExecute" }] } }),
        ],
      },
      finds: [short(1, 4, 8)],
    },
    {
      title: "wants memory as well",
      expected: { kasmDemand: { cpuMillis: 5750, memoryMiB: 20 * 1024 } },
      finds: [
        `required~ nodes: Kasm's services request 5.75 cores and 20 GiB, and the 2 that pods may use have 8 cores and 16 GiB left. ${fix}`,
      ],
    },
  ]);
});
