import { demandOf, none, plus, podDemand } from "../capacity/demand.ts";
import type { Demand } from "../capacity/demand.ts";
import { compactResources } from "./compact.ts";
import type { DeploymentSize, KasmSizing } from "./sizing.ts";

type Component = "proxy" | "api" | "manager" | "db" | "guac" | "rdpGateway" | "rdpHttpsGateway";

/** Copies of a component, and what its main containers request together, nginx sidecars included. */
interface Service {
  readonly replicas: number;
  readonly main: Demand;
}

const service = (replicas: number, cpu: string, memory: string): Service => ({ replicas, main: demandOf(cpu, memory) });

/** kasm-helm 1.1190.6, templates/_helpers.tpl */
const presets: Record<DeploymentSize, Record<Component, Service>> = {
  small: {
    proxy: service(1, "500m", "512Mi"),
    api: service(1, "500m", "512Mi"),
    manager: service(1, "500m", "512Mi"),
    db: service(1, "750m", "512Mi"),
    guac: service(1, "1500m", "768Mi"),
    rdpGateway: service(1, "1", "768Mi"),
    rdpHttpsGateway: service(1, "1", "768Mi"),
  },
  medium: {
    proxy: service(2, "500m", "512Mi"),
    api: service(2, "500m", "512Mi"),
    manager: service(2, "500m", "512Mi"),
    db: service(1, "1500m", "2Gi"),
    guac: service(2, "2", "896Mi"),
    rdpGateway: service(1, "1500m", "896Mi"),
    rdpHttpsGateway: service(2, "1500m", "896Mi"),
  },
  large: {
    proxy: service(3, "500m", "512Mi"),
    api: service(3, "500m", "1Gi"),
    manager: service(3, "500m", "1Gi"),
    db: service(1, "4", "8Gi"),
    guac: service(3, "3", "1536Mi"),
    rdpGateway: service(1, "2500m", "1Gi"),
    rdpHttpsGateway: service(3, "2500m", "1Gi"),
  },
};

// The chart fixes these whatever `deploymentSize` or the values say; seen in the rendered chart.
const databaseWait = demandOf("500m", "512Mi");
const httpWait = demandOf("200m", "128Mi");
const waits: Readonly<Record<Component, readonly Demand[]>> = {
  proxy: [httpWait, httpWait],
  api: [databaseWait],
  manager: [databaseWait, httpWait],
  db: [],
  guac: [httpWait],
  rdpGateway: [httpWait],
  rdpHttpsGateway: [httpWait],
};

/** The Job that fills the database runs beside all others until it has done so, and waits for the database first. */
export const initJobDemand = databaseWait;

function compactMain(component: Component): Demand {
  const of = ({ requests }: { requests: { cpu: string; memory: string } }) => demandOf(requests.cpu, requests.memory);
  const { proxy, api, manager, db, gateway, sidecar } = compactResources;
  const single = { proxy, api, manager, db };
  return component in single ? of(single[component as keyof typeof single]) : plus(of(gateway), of(sidecar));
}

/** Copies that a preset has of what can have several. */
export function presetCopies(size: DeploymentSize): number {
  return presets[size].api.replicas;
}

/** Kasm's pods by what each asks of a node. `replicas` is for proxy, API and manager where it is more than the preset's. */
export function kasmPods({ deploymentSize, replicas, isCompact }: KasmSizing): Demand[] {
  return (Object.keys(waits) as Component[]).flatMap((component) => {
    const preset = presets[deploymentSize][component];
    const isCopied = component === "proxy" || component === "api" || component === "manager";
    const copies = isCopied ? Math.max(isCompact ? 1 : preset.replicas, replicas) : isCompact ? 1 : preset.replicas;
    const main = isCompact ? compactMain(component) : preset.main;
    return Array.from({ length: copies }, () => podDemand([main], waits[component]));
  });
}

/** All of Kasm's pods together: 5.75 cores for small on one node, 2.05 where it is compact. */
export function kasmDemand(sizing: KasmSizing): Demand {
  return kasmPods(sizing).reduce(plus, none);
}
