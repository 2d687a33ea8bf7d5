import { counted } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import { refOf } from "../finding.ts";
import type { Finding, ObjectRef } from "../finding.ts";

/** Minor versions of Kubernetes 1: the least that the product runs on, and the least that is recommended. */
const leastMinor = 25;
const recommendedMinor = 28;
/** Kubernetes version skew policy, since 1.28; two before. */
const mostBehind = 3;

/** Versions of the API server and of the nodes' kubelets. */
export const versions: Analyzer = {
  area: "api",
  title: "Kubernetes has a supported version",
  needs: ["Node"],
  analyze(cluster) {
    const { version } = cluster.snapshot.server ?? {};
    const server = minorOf(version);
    if (version === undefined || server === undefined) return { checked: undefined, findings: [] };
    const findings = [
      ...serverFindings(version, server),
      ...cluster.nodes.flatMap((it) => skew(it, version, server) ?? []),
    ];
    return { checked: `${version}, ${counted(cluster.nodes.length, "node")}`, findings };
  },
};

export const clockSkew: Analyzer = {
  area: "api",
  title: "Clocks agree",
  needs: [],
  analyze: (cluster) => {
    const { clockSkewSeconds } = cluster.snapshot.server ?? {};
    if (clockSkewSeconds === undefined) return { checked: undefined, findings: [] };
    return { checked: "API server and this machine", findings: clockFindings(clockSkewSeconds) };
  },
};

const apiServer: ObjectRef = { kind: "APIServer", name: "kubernetes" };

/** `v1.35.4+k3s1` -> 35; undefined for another major version, or none. */
function minorOf(version: string | undefined): number | undefined {
  const minor = /^v?1\.(\d+)/.exec(version ?? "")?.[1];
  return minor === undefined ? undefined : Number(minor);
}

function serverFindings(version: string, minor: number): Finding[] {
  if (minor >= recommendedMinor) return [];
  const isTooOld = minor < leastMinor;
  return [
    {
      code: isTooOld ? "KubernetesTooOld" : "KubernetesOutdated",
      object: apiServer,
      problem: isTooOld
        ? `The API server is ${version}; the product needs 1.${leastMinor} or newer.`
        : `The API server is ${version}; 1.${recommendedMinor} or newer is recommended.`,
      evidence: [{ object: apiServer, field: "/version gitVersion", value: version }],
      fix: [
        {
          text: "Upgrade K3s one minor version after the other, all servers before any agent.",
          risk: "manual",
        },
      ],
    },
  ];
}

function skew(node: Cluster["nodes"][number], version: string, server: number): Finding | undefined {
  const { nodeInfo } = (node.status ?? {}) as { nodeInfo?: { kubeletVersion?: string } };
  const kubelet = minorOf(nodeInfo?.kubeletVersion);
  if (kubelet === undefined || (kubelet <= server && server - kubelet <= mostBehind)) return undefined;
  const object = refOf({ ...node, kind: "Node" });
  const how =
    kubelet > server
      ? `newer than the API server (${version}), which no kubelet may be`
      : `${server - kubelet} minor versions older than the API server (${version}); ${mostBehind} are supported`;
  return {
    code: "NodeVersionSkew",
    object,
    problem: `Node ${object.name} runs ${nodeInfo?.kubeletVersion ?? ""}, ${how}.`,
    evidence: [
      { object, field: "status.nodeInfo.kubeletVersion", value: nodeInfo?.kubeletVersion ?? "" },
      { object: apiServer, field: "/version gitVersion", value: version },
    ],
    fix: [
      {
        text:
          kubelet > server
            ? `Upgrade the servers to ${nodeInfo?.kubeletVersion ?? ""}, or install ${version} on Node ${object.name}.`
            : `Install K3s ${version} on Node ${object.name}, one minor version after the other.`,
        risk: "restart",
      },
    ],
  };
}

/** Links to desktops last a minute, and tokens of ServiceAccounts allow for ten seconds. */
const mostSkewSeconds = 30;

function clockFindings(seconds: number): Finding[] {
  if (Math.abs(seconds) < mostSkewSeconds) return [];
  return [
    {
      code: "ClockSkew",
      object: apiServer,
      problem: `The clock of the API server is ${Math.abs(seconds)} s ${seconds > 0 ? "ahead of" : "behind"} this machine's.`,
      evidence: [{ object: apiServer, field: "Date of its answer, against this clock", value: `${seconds} s` }],
      fix: [
        {
          text: "Turn on time synchronization where the time is wrong.",
          command: "timedatectl set-ntp true",
          risk: "manual",
        },
      ],
    },
  ];
}
