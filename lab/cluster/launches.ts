import { join } from "node:path";

import { certificatePlans } from "./certificate-plan.ts";
import type { DesktopsContext } from "../desktop/launches.ts";
import type { LabLayout } from "./layout.ts";
import { componentKubeconfig } from "./layout.ts";
import { certificateFile, keyFile, serviceAccountKeys } from "./pki.ts";
import type { Ports } from "./ports.ts";

/** What the arguments of a component are made from. */
export interface LaunchContext {
  layout: LabLayout;
  ports: Ports;
  /** Path of each program, by tool name. */
  tools: Readonly<Record<string, string>>;
  /** KWOK's configuration and stages, read in this order. */
  kwokConfigs: readonly string[];
  /** The lab stack's configuration, which the simulators follow; not needed for anything else. */
  stackFile?: string;
  /** What the VDI operator is told by its environment, ports and files apart; not needed for anything else. */
  operatorVariables?: Readonly<Record<string, string>>;
  /** The same for the gateway. */
  gatewayVariables?: Readonly<Record<string, string>>;
  /** What desktops are run from, where they are not simulated; not needed for anything else. */
  desktops?: DesktopsContext;
  /** The process that runs them, where the operator has to be among them to reach them. */
  desktopsPid?: number;
  /** The same for the portal; undefined where the stack has none. */
  portalVariables?: Readonly<Record<string, string>> | undefined;
}

/** How a component is started. Secrets come in files, never as arguments. */
export interface Launch {
  program: string;
  /** The name that it knows itself by, where that is not the program's. */
  argv0?: string;
  args: string[];
  env?: Record<string, string>;
  /** Files read at start only: when their content changes, the component is restarted. */
  files: string[];
}

/**
 * In K3s they are all one process, and their objects have its name as field manager: clients take it from the first word of
 * their command line (client-go: rest/config.go).
 */
const inK3s = { argv0: "k3s" };

export const serviceCidr = "10.43.0.0/16";
export const clusterCidr = "10.42.0.0/16";

/**
 * What `default/kubernetes` says to lead to, as on K3s: the address of the first simulated server (lab/k3s/nodes.ts).
 * It may not be a loopback address, and an empty flag looks for a default route, which an offline machine lacks.
 */
export const advertisedAddress = "198.18.0.10";

export function etcdLaunch({ layout, ports, tools }: LaunchContext): Launch {
  const client = `https://127.0.0.1:${ports["etcd-client"]}`;
  const peer = `https://127.0.0.1:${ports["etcd-peer"]}`;
  const [authority, certificate, key] = certificateFiles(layout, "etcd");
  return {
    program: tool(tools, "etcd"),
    args: [
      "--name=lab",
      `--data-dir=${layout.etcd}`,
      // A lab loses nothing that `up` cannot make again, and waiting for the disk is most of etcd's latency.
      "--unsafe-no-fsync",
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=lab=${peer}`,
      "--client-cert-auth",
      `--trusted-ca-file=${authority}`,
      `--cert-file=${certificate}`,
      `--key-file=${key}`,
      "--peer-client-cert-auth",
      `--peer-trusted-ca-file=${authority}`,
      `--peer-cert-file=${certificate}`,
      `--peer-key-file=${key}`,
      "--enable-grpc-gateway=false",
      "--log-level=warn",
    ],
    files: [authority, certificate],
  };
}

// As K3s runs it (`journalctl -u k3s | grep "Running kube-apiserver"`), less what needs a kubelet or a cloud.
export function apiServerLaunch({ layout, ports, tools }: LaunchContext): Launch {
  const [authority, certificate, key] = certificateFiles(layout, "kube-apiserver");
  const [etcdAuthority, etcdCertificate, etcdKey] = certificateFiles(layout, "etcd-client");
  const [proxyAuthority, proxyCertificate, proxyKey] = certificateFiles(layout, "front-proxy");
  const [, kubeletCertificate, kubeletKey] = certificateFiles(layout, "kubelet-client");
  const [kubeletAuthority] = certificateFiles(layout, "kubelet");
  const clientAuthority = certificateFile(layout.pki, "client-ca");
  return {
    program: tool(tools, "kube-apiserver"),
    ...inK3s,
    args: [
      "--bind-address=127.0.0.1",
      `--secure-port=${ports["kube-apiserver"]}`,
      `--advertise-address=${advertisedAddress}`,
      `--etcd-servers=https://127.0.0.1:${ports["etcd-client"]}`,
      `--etcd-cafile=${etcdAuthority}`,
      `--etcd-certfile=${etcdCertificate}`,
      `--etcd-keyfile=${etcdKey}`,
      `--tls-cert-file=${certificate}`,
      `--tls-private-key-file=${key}`,
      `--client-ca-file=${clientAuthority}`,
      "--anonymous-auth=false",
      "--authorization-mode=Node,RBAC",
      "--enable-admission-plugins=NodeRestriction",
      "--allow-privileged=true",
      `--service-cluster-ip-range=${serviceCidr}`,
      "--service-node-port-range=30000-32767",
      "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
      "--api-audiences=https://kubernetes.default.svc.cluster.local,k3s",
      `--service-account-key-file=${join(layout.pki, serviceAccountKeys.public)}`,
      `--service-account-signing-key-file=${join(layout.pki, serviceAccountKeys.private)}`,
      // Only the node that runs desktops has an address of the first kind, on loopback.
      "--kubelet-preferred-address-types=InternalDNS,InternalIP,ExternalIP,Hostname",
      `--kubelet-certificate-authority=${kubeletAuthority}`,
      `--kubelet-client-certificate=${kubeletCertificate}`,
      `--kubelet-client-key=${kubeletKey}`,
      `--requestheader-client-ca-file=${proxyAuthority}`,
      "--requestheader-allowed-names=system:auth-proxy",
      "--requestheader-username-headers=X-Remote-User",
      "--requestheader-group-headers=X-Remote-Group",
      "--requestheader-extra-headers-prefix=X-Remote-Extra-",
      `--proxy-client-cert-file=${proxyCertificate}`,
      `--proxy-client-key-file=${proxyKey}`,
      "--profiling=false",
    ],
    files: [authority, certificate, clientAuthority, etcdCertificate, proxyCertificate, kubeletCertificate],
  };
}

export function controllerManagerLaunch({ layout, ports, tools }: LaunchContext): Launch {
  const clientAuthority = certificateFile(layout.pki, "client-ca");
  const server = singleInstanceServer(layout, "kube-controller-manager", ports["kube-controller-manager"]);
  return {
    program: tool(tools, "kube-controller-manager"),
    ...inK3s,
    args: [
      ...server.args,
      "--use-service-account-credentials=true",
      `--service-account-private-key-file=${join(layout.pki, serviceAccountKeys.private)}`,
      `--root-ca-file=${certificateFile(layout.pki, "server-ca")}`,
      `--cluster-signing-cert-file=${clientAuthority}`,
      `--cluster-signing-key-file=${keyFile(layout.pki, "client-ca")}`,
      "--allocate-node-cidrs=true",
      `--cluster-cidr=${clusterCidr}`,
      `--service-cluster-ip-range=${serviceCidr}`,
      // At the stock 20 requests/s, a new cluster has its first service accounts, and so its first pods, only after 4 s.
      "--kube-api-qps=1000",
      "--kube-api-burst=2000",
    ],
    files: [...server.files, clientAuthority],
  };
}

export function schedulerLaunch({ layout, ports, tools }: LaunchContext): Launch {
  const server = singleInstanceServer(layout, "kube-scheduler", ports["kube-scheduler"]);
  return {
    program: tool(tools, "kube-scheduler"),
    ...inK3s,
    // A pod with a volume of its own costs four requests: at the stock 50/s, 12 such pods would be bound in a second.
    args: [...server.args, "--kube-api-qps=1000", "--kube-api-burst=2000"],
    files: server.files,
  };
}

export function kwokLaunch({ layout, ports, tools, kwokConfigs }: LaunchContext): Launch {
  const kubeconfig = componentKubeconfig(layout, "kwok");
  return {
    program: tool(tools, "kwok"),
    ...inK3s,
    args: [
      `--kubeconfig=${kubeconfig}`,
      `--server-address=127.0.0.1:${ports.kwok}`,
      ...kwokConfigs.map((file) => `--config=${file}`),
    ],
    files: [kubeconfig, ...kwokConfigs],
  };
}

// There is only ever one instance, and without an election it works at once after a restart.
function singleInstanceServer(layout: LabLayout, name: "kube-controller-manager" | "kube-scheduler", port: number) {
  const kubeconfig = componentKubeconfig(layout, name);
  const [, certificate, key] = certificateFiles(layout, name);
  return {
    args: [
      `--kubeconfig=${kubeconfig}`,
      `--authentication-kubeconfig=${kubeconfig}`,
      `--authorization-kubeconfig=${kubeconfig}`,
      "--bind-address=127.0.0.1",
      `--secure-port=${port}`,
      `--tls-cert-file=${certificate}`,
      `--tls-private-key-file=${key}`,
      "--leader-elect=false",
      "--profiling=false",
    ],
    files: [kubeconfig, certificate],
  };
}

/** Authority, certificate and key of one planned certificate. */
function certificateFiles(layout: LabLayout, name: string): [authority: string, certificate: string, key: string] {
  const plan = certificatePlans.find((candidate) => candidate.name === name);
  if (!plan) throw new Error(`No certificate ${name} in the plan.`);
  return [certificateFile(layout.pki, plan.signedBy), certificateFile(layout.pki, name), keyFile(layout.pki, name)];
}

function tool(tools: LaunchContext["tools"], name: string): string {
  const program = tools[name];
  if (program === undefined) throw new Error(`No program given for ${name}.`);
  return program;
}
