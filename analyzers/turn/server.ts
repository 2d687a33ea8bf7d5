import type { AnyObject } from "../../kube/object.ts";
import { counted, listed, quoted } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import { refOf, refText } from "../finding.ts";
import type { Finding } from "../finding.ts";
import { podSpecOf, turnOptions } from "./options.ts";
import { saidBy } from "./words.ts";

/** The TURN server runs where browsers reach it, and asks for credentials. Its configuration is in a Secret, and is not read. */
export const turnServer: Analyzer = {
  area: "turn",
  title: "TURN server runs",
  needs: ["DaemonSet", "Deployment", "Pod", "VDITemplate"],
  analyze(cluster) {
    const servers = turnServersIn(cluster);
    const templates = cluster
      .all("VDITemplate")
      .filter(({ spec }) => (spec as { stream?: string } | undefined)?.stream === "WebRTC");
    const isAway = servers.length === 0 && templates.length > 0 && !isElsewhere(cluster);
    return {
      checked:
        servers.length > 0
          ? listed(servers.map((it) => refText(refOf(it))))
          : templates.length > 0
            ? counted(templates.length, "template")
            : undefined,
      findings: [
        ...servers.flatMap((it) => [...notReady(cluster, it), ...placement(it), ...turnOptions(it)]),
        ...(isAway ? templates.map(withoutTurn) : []),
      ],
    };
  },
};

export function turnServersIn(cluster: Cluster): AnyObject[] {
  return [...cluster.all("DaemonSet"), ...cluster.all("Deployment")].filter((it) =>
    (podSpecOf(it).containers ?? []).some(({ image = "" }) => /(?:^|\/)coturn(?:[:@/]|$)/.test(image)),
  );
}

/** The operator was told of a TURN server: of one outside the cluster, if none is here. */
function isElsewhere(cluster: Cluster): boolean {
  return cluster
    .all("Deployment")
    .some((it) =>
      (podSpecOf(it).containers ?? []).some((container) =>
        ((container as { env?: { name: string }[] }).env ?? []).some(({ name }) => name === "VDI_TURN"),
      ),
    );
}

interface Counts {
  desiredNumberScheduled?: number;
  numberReady?: number;
  readyReplicas?: number;
}

function notReady(cluster: Cluster, server: AnyObject): Finding[] {
  const object = refOf(server);
  const { replicas = 1 } = (server["spec"] ?? {}) as { replicas?: number };
  const { desiredNumberScheduled = 0, numberReady = 0, readyReplicas = 0 } = (server["status"] ?? {}) as Counts;
  const [wanted, ready] =
    server.kind === "DaemonSet" ? [desiredNumberScheduled, numberReady] : [replicas, readyReplicas];
  if (!cluster.isOlderThan(server.metadata?.creationTimestamp, 60)) return [];
  const labels = Object.entries(podSpecOf(server).nodeSelector ?? {}).map(([key, value]) => `${key}=${value}`);
  if (server.kind === "DaemonSet" && wanted === 0)
    return [
      {
        code: "TurnWithoutNode",
        object,
        problem: `No node has the labels that ${refText(object)} wants (${listed(labels)}), so that there is no TURN server.`,
        evidence: [{ object, field: "status.desiredNumberScheduled", value: "0" }],
        fix: [
          {
            text: "Label the nodes that browsers reach.",
            command: `kubectl label node NODE ${labels.filter((it) => !it.startsWith("kubernetes.io/os=")).join(" ")}`,
            risk: "safe",
          },
        ],
      },
    ];
  if (ready >= wanted) return [];
  const { selector } = server["spec"] as { selector?: { matchLabels?: Record<string, string> } };
  const pods = cluster
    .podsMatching(object.namespace ?? "", selector?.matchLabels ?? {})
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const said = pods.map((pod) => saidBy(cluster, pod)).find((it) => it !== undefined);
  return [
    {
      code: "TurnNotReady",
      object,
      problem: `${refText(object)} has ${ready} of ${wanted} pods ready${said ? `: ${said.meaning} (${quoted(said.line)})` : ""}.`,
      evidence: [
        {
          object,
          field: server.kind === "DaemonSet" ? "status.numberReady" : "status.readyReplicas",
          value: String(ready),
        },
        ...(said
          ? [{ object: refOf({ ...said.pod, kind: "Pod" }), field: "log of coturn", value: quoted(said.line) }]
          : []),
      ],
      fix: [
        said?.fix ?? {
          text: "See what its pods say.",
          command: `kubectl logs --namespace ${object.namespace ?? ""} ${object.kind.toLowerCase()}/${object.name} --all-pods --tail=20`,
          risk: "manual",
        },
      ],
      dependsOn: pods.map((pod) => ({ object: refOf({ ...pod, kind: "Pod" }), because: "it is a TURN server's pod" })),
    },
  ];
}

/** No Service has port ranges: relayed media need the network of the node. */
function placement(server: AnyObject): Finding[] {
  const object = refOf(server);
  if (podSpecOf(server).hostNetwork === true) return [];
  return [
    {
      code: "TurnNotOnHostNetwork",
      object,
      problem: `${refText(object)} runs in the pods' network: browsers may reach its listening port through a Service, but not the relay ports that it gives out.`,
      evidence: [{ object, field: "spec.template.spec.hostNetwork", value: "false" }],
      fix: [
        {
          text: "Run it with hostNetwork on nodes that browsers reach, with a narrow relay range that the firewall lets through.",
          risk: "restart",
        },
      ],
    },
  ];
}

function withoutTurn(template: AnyObject): Finding {
  const object = refOf(template);
  return {
    code: "TurnMissing",
    object,
    problem: `VDITemplate ${object.name} streams by WebRTC, and there is no TURN server: browsers outside the cluster's network see no picture.`,
    evidence: [{ object, field: "spec.stream", value: "WebRTC" }],
    fix: [
      { text: "Have one installed.", command: "pulumi config set --path turn.enabled true && pulumi up", risk: "safe" },
      {
        text: "Or stream by WebSocket.",
        command: `kubectl patch vditemplate ${object.name} --type merge --patch '{"spec":{"stream":"WebSocket"}}'`,
        risk: "safe",
      },
    ],
  };
}
