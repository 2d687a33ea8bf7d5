import type { Pod } from "../../kube/kinds.ts";
import { untrusted } from "../../kube/untrusted-text.ts";
import type { Cluster } from "../cluster.ts";
import type { Fix } from "../finding.ts";

/** What a TURN server said before it ended, and what it means. */
export interface Said {
  readonly pod: Pod;
  readonly line: string;
  readonly meaning: string;
  readonly fix: Fix;
}

// coturn's words: src/apps/relay/mainrelay.c, netengine.c, dtls_listener.c.
const words: readonly (readonly [RegExp, string, string])[] = [
  [
    /address already in use|cannot bind (?:udp|tcp|local|listener)/i,
    "its port is taken on the node",
    "End what listens there, or set turn.ports.listen to a free one.",
  ],
  [
    /config error|bad configuration format|unknown argument|unrecognized option/i,
    "its configuration is not right",
    "Correct it; the options change between versions of coturn.",
  ],
  [
    /cannot find (?:config file|(?:certificate|private key) file)|ssl.{0,40}(?:cannot|failed)/i,
    "a file of its configuration or certificate cannot be read",
    "See that the Secrets that it mounts have the keys.",
  ],
  [
    /cannot create relay endpoint|no relay ports|insufficient capacity/i,
    "it has no relay ports left",
    "Widen turn.ports.relayMin to relayMax, in the firewall too.",
  ],
];

/** The first line of its logs that names a known cause. */
export function saidBy(cluster: Cluster, pod: Pod): Said | undefined {
  for (const { name } of pod.spec?.containers ?? []) {
    const lines = untrusted(`${cluster.log(pod, name, true) ?? ""}\n${cluster.log(pod, name) ?? ""}`).split("\n");
    for (const [expression, meaning, text] of words) {
      const line = lines.find((it) => expression.test(it));
      if (line !== undefined) return { pod, line, meaning, fix: { text, risk: "manual" } };
    }
  }
  return undefined;
}
