import { apiServerLaunch, controllerManagerLaunch, etcdLaunch, kwokLaunch, schedulerLaunch } from "./launches.ts";
import type { Launch, LaunchContext } from "./launches.ts";
import { gatewayLaunch, identityLaunch, operatorLaunch, portalLaunch, simulatorsLaunch } from "./node-launches.ts";
import { desktopsLaunch, forwarderLaunch } from "../desktop/launches.ts";
import { certificateFile, keyFile } from "./pki.ts";
import type { PortName, Ports } from "./ports.ts";
import type { Probe } from "./readiness.ts";

export const componentNames = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kwok",
  "simulators",
  "forwarder",
  "desktops",
  "operator",
  "gateway",
  "identity",
  "portal",
] as const;

export type ComponentName = (typeof componentNames)[number];

/** One process of the lab. */
export interface Component {
  name: ComponentName;
  /** Must be ready before this one starts, and is stopped after it. */
  dependsOn: readonly ComponentName[];
  ports: readonly PortName[];
  /** Only there where the stack, or `npm run lab desktop`, asks for it. */
  isOptional?: true;
  /** How long it gets to end by itself before it is killed. */
  stopGraceMs: number;
  launch: (context: LaunchContext) => Launch;
  probe: (ports: Ports, pki: string) => Probe;
}

/** Every process of the lab, in an order in which they can be started one by one. */
export const components: readonly Component[] = [
  {
    name: "etcd",
    dependsOn: [],
    ports: ["etcd-client", "etcd-peer"],
    stopGraceMs: 10_000,
    launch: etcdLaunch,
    probe: (ports, pki) => ({
      kind: "https",
      url: `https://127.0.0.1:${ports["etcd-client"]}/health`,
      authorityFile: certificateFile(pki, "etcd-ca"),
      client: { certificateFile: certificateFile(pki, "etcd-client"), keyFile: keyFile(pki, "etcd-client") },
    }),
  },
  {
    name: "kube-apiserver",
    dependsOn: ["etcd"],
    ports: ["kube-apiserver"],
    // Anyone's open watch holds its end up for a minute, and it has no data of its own.
    stopGraceMs: 2_000,
    launch: apiServerLaunch,
    probe: (ports, pki) => ({
      kind: "https",
      url: `https://127.0.0.1:${ports["kube-apiserver"]}/readyz`,
      authorityFile: certificateFile(pki, "server-ca"),
      client: { certificateFile: certificateFile(pki, "client-admin"), keyFile: keyFile(pki, "client-admin") },
    }),
  },
  {
    name: "kube-controller-manager",
    dependsOn: ["kube-apiserver"],
    ports: ["kube-controller-manager"],
    stopGraceMs: 10_000,
    launch: controllerManagerLaunch,
    probe: (ports, pki) => healthz(ports["kube-controller-manager"], pki),
  },
  {
    name: "kube-scheduler",
    dependsOn: ["kube-apiserver"],
    ports: ["kube-scheduler"],
    stopGraceMs: 10_000,
    launch: schedulerLaunch,
    probe: (ports, pki) => healthz(ports["kube-scheduler"], pki),
  },
  {
    name: "kwok",
    dependsOn: ["kube-apiserver"],
    ports: ["kwok"],
    stopGraceMs: 10_000,
    launch: kwokLaunch,
    probe: (ports) => ({ kind: "http", url: `http://127.0.0.1:${ports.kwok}/healthz` }),
  },
  {
    name: "simulators",
    dependsOn: ["kube-apiserver"],
    ports: [],
    stopGraceMs: 10_000,
    launch: simulatorsLaunch,
    probe: () => ({ kind: "log-line", matches: /^ready\b/m }),
  },
  {
    name: "forwarder",
    isOptional: true,
    dependsOn: ["kube-apiserver"],
    // Those of the operator as well, which listens beyond it.
    ports: ["traefik", "kubelet", "operator-metrics", "operator-health"],
    stopGraceMs: 2_000,
    launch: forwarderLaunch,
    probe: () => ({ kind: "log-line", matches: /^ready\b/m }),
  },
  {
    name: "desktops",
    isOptional: true,
    dependsOn: ["forwarder"],
    ports: [],
    stopGraceMs: 5_000,
    launch: desktopsLaunch,
    probe: () => ({ kind: "log-line", matches: /^ready\b/m }),
  },
  {
    name: "operator",
    dependsOn: ["kube-apiserver", "desktops"],
    ports: ["operator-metrics", "operator-health"],
    // As long as its Deployment gives it.
    stopGraceMs: 30_000,
    launch: operatorLaunch,
    probe: (ports) => ({ kind: "http", url: `http://127.0.0.1:${ports["operator-health"]}/readyz` }),
  },
  {
    name: "gateway",
    dependsOn: ["kube-apiserver"],
    ports: ["gateway-metrics", "gateway-health", "gateway-access"],
    stopGraceMs: 30_000,
    launch: gatewayLaunch,
    probe: (ports) => ({ kind: "http", url: `http://127.0.0.1:${ports["gateway-health"]}/readyz` }),
  },
  {
    name: "identity",
    dependsOn: [],
    ports: ["identity"],
    isOptional: true,
    stopGraceMs: 2_000,
    launch: identityLaunch,
    probe: (ports) => ({ kind: "http", url: `http://127.0.0.1:${ports.identity}/.well-known/openid-configuration` }),
  },
  {
    name: "portal",
    // It asks for the issuer only when somebody signs in.
    dependsOn: ["kube-apiserver"],
    ports: ["portal-metrics", "portal-health", "portal-web"],
    isOptional: true,
    stopGraceMs: 30_000,
    launch: portalLaunch,
    probe: (ports) => ({ kind: "http", url: `http://127.0.0.1:${ports["portal-health"]}/readyz` }),
  },
];

function healthz(port: number, pki: string): Probe {
  return {
    kind: "https",
    url: `https://127.0.0.1:${port}/healthz`,
    authorityFile: certificateFile(pki, "server-ca"),
  };
}
