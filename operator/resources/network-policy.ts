import type { VDISession, VDITemplate } from "../api/objects.ts";
import type { AnyObject } from "../../kube/object.ts";
import type { Settings } from "../settings.ts";
import { labels } from "./labels.ts";
import { sessionMetadata } from "./metadata.ts";
import { sessionId } from "./names.ts";
import { runtimeProfile } from "./runtime-profiles.ts";

export type PolicySettings = Pick<Settings, "ownNamespace" | "traefikNamespace" | "turn">;

/** What a session's desktop may be reached by, and may reach. */
export function desktopNetworkPolicy(session: VDISession, template: VDITemplate, settings: PolicySettings): AnyObject {
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: sessionMetadata(session),
    spec: networkPolicySpec({ [labels.session]: sessionId(session) }, template, settings),
  };
}

/** The rules of a template for the pods that a label chooses; for desktops of a pool the same as for a session's. */
export function networkPolicySpec(
  matchLabels: Record<string, string>,
  template: VDITemplate,
  settings: PolicySettings,
) {
  const { port } = runtimeProfile(template.spec);
  return {
    podSelector: { matchLabels },
    policyTypes: ["Ingress", "Egress"],
    ingress: [
      {
        from: [
          pods(settings.traefikNamespace, { "app.kubernetes.io/name": "traefik" }),
          pods(settings.ownNamespace, { "app.kubernetes.io/name": "kasm-operator" }),
        ],
        ports: [{ protocol: "TCP", port }],
      },
    ],
    egress: egress(template, settings),
  };
}

function egress(template: VDITemplate, { turn }: PolicySettings) {
  const usesTurn = turn !== undefined && template.spec.stream === "WebRTC";
  return [
    ...(template.spec.networkMode === "Isolated" && !usesTurn ? [] : [toDns]),
    // By port alone: TURN runs on the network of its nodes, whose addresses no policy knows.
    ...(usesTurn ? [{ ports: ["UDP", "TCP"].map((protocol) => ({ protocol, port: turn.ports.listen })) }] : []),
    ...egressByMode[template.spec.networkMode],
  ];
}

const toDns = {
  to: [pods("kube-system", { "k8s-app": "kube-dns" })],
  ports: ["UDP", "TCP"].map((protocol) => ({ protocol, port: 53 })),
};

// Clouds' metadata services hand out the credentials of nodes; no desktop reaches them in any mode. Not all are link-local:
// Alibaba's is 100.100.100.200, Azure's second one 168.63.129.16, those of AWS and Google by IPv6 are unique local.
const metadata = {
  v4: ["169.254.0.0/16", "100.100.100.200/32", "168.63.129.16/32"],
  v6: ["fe80::/10", "fd00:ec2::254/128", "fd20:ce::254/128"],
};
const privateRanges = {
  v4: ["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", ...metadata.v4, "172.16.0.0/12", "192.168.0.0/16"],
  v6: ["::1/128", "fc00::/7", "fe80::/10"],
};

const egressByMode = {
  Internet: [anywhereBut(privateRanges)],
  Cluster: [anywhereBut(metadata)],
  Isolated: [],
};

function anywhereBut({ v4, v6 }: { v4: string[]; v6: string[] }) {
  return {
    to: [{ ipBlock: { cidr: "0.0.0.0/0", except: v4 } }, { ipBlock: { cidr: "::/0", except: v6 } }],
  };
}

function pods(namespace: string, matchLabels: Record<string, string>) {
  return {
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
    podSelector: { matchLabels },
  };
}
