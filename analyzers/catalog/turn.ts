import type { CodeEntry } from "../catalog.ts";

const byHand = [
  "kubectl get pods --namespace turn --output wide",
  "kubectl logs daemonset/coturn --namespace turn --tail=50",
];
const symptom = "Desktops that stream by WebRTC connect inside the network, and show no picture outside.";

function entry(it: Pick<CodeEntry, "title" | "cause" | "fix"> & Partial<CodeEntry>): CodeEntry {
  return { area: "turn", level: "failure", symptom, byHand, ...it };
}

/** The TURN server, which carries what WebRTC cannot send directly. */
export const turn = {
  TurnNotReady: entry({
    title: "TURN server does not run",
    cause: "Its pods are not ready: a port is taken, the configuration is wrong, or a Secret is missing.",
    fix: "Read its log.",
  }),
  TurnWithoutNode: entry({
    title: "No node takes the TURN server",
    cause: "No node has the labels of turn.nodeLabels.",
    fix: "Label the nodes that browsers reach.",
    byHand: ["kubectl get daemonset coturn --namespace turn", "kubectl get nodes --show-labels"],
  }),
  TurnMissing: entry({
    level: "warning",
    title: "WebRTC is used without a TURN server",
    cause: "A template streams by WebRTC, and no TURN server is installed or told to the operator.",
    fix: "Set turn.enabled, or stream by WebSocket.",
  }),
  TurnNotOnHostNetwork: entry({
    level: "warning",
    title: "TURN server is not in the network of its node",
    cause: "No Service has port ranges, so that the relay ports lead nowhere.",
    fix: "Run it with hostNetwork.",
  }),
  TurnRelayRangeSmall: entry({
    level: "warning",
    title: "TURN server has few relay ports",
    symptom: "The first desktops stream, further ones do not (508 Insufficient Capacity).",
    cause: "min-port and max-port are close together; each browser takes two ports.",
    fix: "Widen the range, in the firewall too.",
  }),
  TurnOpenRelay: entry({
    title: "TURN server relays for strangers, or to places that it should not",
    symptom: "None: traffic of others, and a way past your firewall.",
    cause: "coturn asks for no credentials unless told to, and relays to every address that is not denied.",
    fix: "Set use-auth-secret, deny all private ranges, and allow those of the pods alone.",
    byHand: [
      ...byHand,
      "turnutils_uclient -u USER -w PASSWORD -e 192.168.1.1 -n 1 HOST  # 403 (Forbidden IP) is right",
    ],
  }),
  TurnNoAnswer: entry({
    level: "warning",
    title: "TURN server does not answer from here",
    cause: "A firewall drops UDP to its port, or it does not run.",
    fix: "Open the listening port and the relay range.",
    byHand: ["turnutils_stunclient HOST", ...byHand],
  }),
  TurnTcpNoAnswer: entry({
    level: "warning",
    title: "TURN server does not answer by TCP",
    symptom: "Desktops show no picture in networks that let no UDP out.",
    cause: "A firewall lets UDP through to its port, and no TCP.",
    fix: "Open the listening port for TCP too.",
    byHand: ["turnutils_uclient -t HOST", ...byHand],
  }),
  TurnRelayClosed: entry({
    level: "warning",
    title: "Relay ports of the TURN server are closed from outside",
    symptom: "The TURN server answers and gives relays, and desktops show no picture.",
    cause:
      "The firewall lets the listening port through, and not the relay range; or NAT in front of the server does not forward it.",
    fix: "Open and forward the whole relay range, by UDP.",
    byHand: ["turnutils_uclient -u USER -w PASSWORD -e PEER -n 1 HOST", ...byHand],
  }),
  TurnAllocationRefused: entry({
    title: "TURN server gives no relay",
    cause: "It does not take the credentials, or has no ports or quota left.",
    fix: "Compare the shared secrets of operator and TURN server; widen range or quota.",
    byHand: ["turnutils_uclient -u USER -w PASSWORD -n 1 HOST", ...byHand],
  }),
} satisfies Record<string, CodeEntry>;
