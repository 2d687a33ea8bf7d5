import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** Everything that listens, by the name its port has in `.lab/state.json`. */
export const portNames = [
  "etcd-client",
  "etcd-peer",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kwok",
  "operator-metrics",
  "operator-health",
  "gateway-metrics",
  "gateway-health",
  "gateway-access",
  "traefik",
  "kubelet",
  "identity",
  "portal-metrics",
  "portal-health",
  "portal-web",
] as const;

export type PortName = (typeof portNames)[number];
export type Ports = Record<PortName, number>;

export interface MovedPort {
  name: PortName;
  from: number;
  to: number;
}

export interface PortChoice {
  ports: Ports;
  /** Ports that had been chosen earlier and belong to someone else by now. */
  moved: MovedPort[];
}

// Above the well-known services, below the range that Linux and macOS hand to outgoing connections: such a
// connection could hold the port at the moment a component comes back.
const lowest = 20_000;
const highest = 29_999;

/**
 * Keeps the ports chosen earlier and fills the gaps.
 * @param chosen what the state says; may be incomplete
 * @param inUse names whose own component listens right now: their ports are right by definition
 * @param isFree whether this machine's loopback has the port free
 * @param candidate the next port to try
 */
export async function choosePorts(
  chosen: Partial<Ports>,
  inUse: ReadonlySet<PortName>,
  isFree: (port: number) => Promise<boolean> = isFreeOnLoopback,
  candidate: () => number = () => randomInt(lowest, highest + 1),
): Promise<PortChoice> {
  const ports: Partial<Ports> = {};
  const moved: MovedPort[] = [];
  const reserved = new Set(Object.values(chosen));
  for (const name of portNames) {
    const earlier = chosen[name];
    if (earlier !== undefined && (inUse.has(name) || (await isFree(earlier)))) {
      ports[name] = earlier;
      continue;
    }
    const port = await freePort(reserved, isFree, candidate);
    reserved.add(port);
    ports[name] = port;
    if (earlier !== undefined) moved.push({ name, from: earlier, to: port });
  }
  return { ports: ports as Ports, moved };
}

const attempts = 200;

async function freePort(
  reserved: ReadonlySet<number>,
  isFree: (port: number) => Promise<boolean>,
  candidate: () => number,
): Promise<number> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const port = candidate();
    if (!reserved.has(port) && (await isFree(port))) return port;
  }
  throw new Error(`No free port on 127.0.0.1 between ${lowest} and ${highest} after ${attempts} tries.`);
}

/** Whether a listener could be opened on 127.0.0.1. */
export function isFreeOnLoopback(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}
