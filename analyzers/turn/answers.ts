import { ownValue } from "../../kube/own-value.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Finding } from "../finding.ts";
import { aboutOf, askedOf, detail, evidenceOf } from "../probed.ts";
import type { ProbeResult } from "../snapshot.ts";

/** The TURN server answers from here, takes credentials, and relays to nobody whom it should not. */
export const turnAnswers: Analyzer = {
  area: "turn",
  title: "TURN server answers, and is no open relay",
  needs: [],
  analyze(cluster) {
    const names = ["stun", "turn", "turn-peer", "turn-relay"];
    const results = names.flatMap((it) => cluster.probes(it));
    return {
      checked: askedOf(cluster, ...names),
      findings: results.flatMap((it) => verdicts[it.probe]?.(it, results) ?? []),
    };
  },
};

type VerdictOf = (result: ProbeResult, all: readonly ProbeResult[]) => Finding | undefined;

const verdicts: Readonly<Record<string, VerdictOf>> = {
  stun: unanswered,
  turn: allocation,
  "turn-peer": relayed,
  "turn-relay": closedRelay,
};

function unanswered(result: ProbeResult, all: readonly ProbeResult[]): Finding | undefined {
  if (result.ok) return undefined;
  const others = all.filter(({ probe, target }) => probe === "stun" && target === result.target);
  const isTcp = detail(result, "transport") === "tcp";
  // One that answers neither way is told once.
  if (isTcp) return others.some(({ ok }) => ok) ? silentByTcp(result) : undefined;
  const byTcp = others.some((it) => detail(it, "transport") === "tcp" && !it.ok) ? ", nor by TCP" : "";
  const place = `${detail(result, "host")}:${detail(result, "port")}`;
  return {
    code: "TurnNoAnswer",
    object: aboutOf(result),
    problem: `The TURN server at ${place} does not answer from this machine by UDP${byTcp}: ${result.message}.`,
    evidence: [evidenceOf(result)],
    fix: [
      {
        text: "If browsers have the same way, open the listening port and the relay range (UDP) of the TURN nodes in the firewall.",
        command: `turnutils_stunclient -p ${detail(result, "port")} ${detail(result, "host")}`,
        risk: "manual",
      },
    ],
    dependsOn: [{ object: aboutOf(result), because: "it answers there" }],
  };
}

function silentByTcp(result: ProbeResult): Finding {
  const place = `${detail(result, "host")}:${detail(result, "port")}`;
  return {
    code: "TurnTcpNoAnswer",
    object: aboutOf(result),
    problem: `The TURN server at ${place} answers this machine by UDP, and not by TCP: ${result.message}.`,
    evidence: [evidenceOf(result)],
    fix: [
      {
        text: "Open the listening port for TCP too, in the firewall of the TURN nodes.",
        command: `turnutils_uclient -t -p ${detail(result, "port")} ${detail(result, "host")}`,
        risk: "manual",
      },
    ],
  };
}

function closedRelay(result: ProbeResult): Finding | undefined {
  if (result.ok) return undefined;
  const [host, relayPort] = [detail(result, "host"), detail(result, "relayPort")];
  return {
    code: "TurnRelayClosed",
    object: aboutOf(result),
    problem: `The TURN server at ${host} gives relays, and nothing that this machine sends to relay port ${relayPort} arrives.`,
    evidence: [evidenceOf(result)],
    fix: [
      {
        text: "Open the relay range (UDP, turn.ports.relayMin to relayMax) in the firewall of the TURN nodes, and forward it unchanged where they are behind NAT (external-ip).",
        risk: "manual",
      },
    ],
  };
}

// Codes of RFC 8656: what each means for whoever set the server up.
const meanings: Readonly<Record<string, string>> = {
  "401": "it does not take the credentials: its shared secret is another one, or its clock is wrong",
  "403": "it forbids this address to allocate",
  "437": "it mixes up two allocations",
  "438": "its nonce is out of date again and again: its clock jumps",
  "441": "the credentials belong to another allocation",
  "486": "its quota of allocations is used up (turn.userQuota, turn.totalQuota)",
  "508": "it has no relay ports left: widen turn.ports.relayMin to relayMax",
};

function allocation(result: ProbeResult): Finding | undefined {
  const object = aboutOf(result);
  const place = `${detail(result, "host")}:${detail(result, "port")}`;
  // Without credentials every server that is in order answers 401.
  if (detail(result, "withoutCredentials") === "true")
    return detail(result, "isAllocated") === "true"
      ? openRelay(result, `The TURN server at ${place} gives relays to whoever asks, without credentials.`)
      : undefined;
  if (result.ok) return undefined;
  const code = detail(result, "errorCode");
  return {
    code: "TurnAllocationRefused",
    object,
    problem: `The TURN server at ${place} gives no relay (${code === "" ? result.message : code}): ${ownValue(meanings, code) ?? "it gives no reason that is known"}.`,
    evidence: [evidenceOf(result)],
    fix: [{ text: "Its log names each refusal.", command: logs(result), risk: "manual" }],
  };
}

function relayed(result: ProbeResult): Finding | undefined {
  if (detail(result, "isAllowed") !== "true") return undefined;
  return openRelay(
    result,
    `The TURN server at ${detail(result, "host")}:${detail(result, "port")} relays to ${detail(result, "peer")}: whoever has a desktop reaches what listens there, past every firewall.`,
  );
}

function openRelay(result: ProbeResult, problem: string): Finding {
  return {
    code: "TurnOpenRelay",
    object: aboutOf(result),
    problem,
    evidence: [evidenceOf(result)],
    fix: [
      {
        text: "Set use-auth-secret and denied-peer-ip for all private, loopback and link-local ranges; allow the range of the pods alone (turn.allowedPeers).",
        command: logs(result),
        risk: "restart",
      },
    ],
  };
}

function logs(result: ProbeResult): string {
  const { kind, namespace = "turn", name } = aboutOf(result);
  return kind === "Host"
    ? "kubectl logs daemonset/coturn --namespace turn"
    : `kubectl logs ${kind.toLowerCase()}/${name} --namespace ${namespace}`;
}
