import { capacityChecks } from "../../commands/preflight.capacity.judge.ts";
import { cases, healthyExpectation, node, pod } from "./preflight.cluster.ts";

const ways = {
  kasm: "Add nodes, stop what else runs there, or set a smaller kasm-vdi:kasm.deploymentSize",
  desktop:
    "Use larger nodes, or add one; where all templates of yours ask for less, set kasm-vdi:preflight.mode to warn",
};
const short = (nodes: number, cores: number, GiB: number) =>
  `required~ nodes: Kasm's services request 3.25 cores and 4.25 GiB, with the Job that fills their database 3.75 cores and 4.75 GiB, and the ${nodes} that pods may use have ${cores} cores and ${GiB} GiB left. ${ways.kasm}`;
const noDesktop = (why: string) =>
  `required~ nodes: no desktop of the default template, which requests 2 cores and 4 GiB, can start: ${why}. ${ways.desktop}`;

const container = (cpu: string, fields: object = {}) => ({ resources: { requests: { cpu } }, ...fields });
const busy = (spec: object, fields: object = {}) =>
  pod("busy", {}, { metadata: { namespace: "default", name: "busy" }, spec: { nodeName: "a", ...spec }, ...fields });
const { demand } = healthyExpectation;

describe("preflight's check of room for Kasm and a desktop", () => {
  cases(capacityChecks, [
    {
      title: "counts what other pods request",
      seen: { pods: [busy({ containers: [container("4"), container("500m")] })] },
      finds: [short(2, 3.5, 16)],
    },
    {
      title: "leaves it at that when exactly enough is left",
      seen: { pods: [busy({ containers: [container("2"), container("750m")] })] },
      finds: [],
    },
    {
      title: "counts the largest step of initialisation and sidecars, as the scheduler does",
      seen: {
        pods: [
          busy({
            containers: [container("100m")],
            initContainers: [container("4"), container("1", { restartPolicy: "Always" })],
            overhead: { cpu: "500m" },
          }),
        ],
      },
      finds: [short(2, 3.5, 16)],
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
          node("a", { capacity: { cpu: "3", memory: "8Gi" } }),
          node("b", { spec: { unschedulable: true } }),
          node("c", { spec: { taints: [{ key: "x", effect: "NoExecute" }] } }),
        ],
      },
      finds: [short(1, 3, 8)],
    },
    {
      title: "wants memory as well",
      expected: { demand: { ...demand, kasm: { cpuMillis: 3250, memoryMiB: 20 * 1024 } } },
      finds: [
        `required~ nodes: Kasm's services request 3.25 cores and 20 GiB, with the Job that fills their database 3.75 cores and 20.5 GiB, and the 2 that pods may use have 8 cores and 16 GiB left. ${ways.kasm}`,
      ],
    },
    {
      title: "refuses a node that holds Kasm and then no desktop, with the numbers",
      seen: { nodes: [node("a", { capacity: { cpu: "5", memory: "16Gi" } })] },
      finds: [noDesktop("Kasm's services request 3.25 cores and 4.25 GiB of the 5 cores and 16 GiB that pods may use")],
    },
    {
      title: "refuses nodes of which none can hold a desktop, though together they have enough",
      seen: { nodes: ["a", "b", "c", "d"].map((name) => node(name, { capacity: { cpu: "1500m", memory: "8Gi" } })) },
      finds: [noDesktop("no node has so much left; the largest has 1.5 cores and 8 GiB")],
    },
    {
      title: "is not about desktops that run already",
      seen: {
        pods: [busy({ containers: [container("3")] }, { metadata: { namespace: "kasm-vdi", name: "alice" } })],
      },
      finds: [],
    },
  ]);
});
