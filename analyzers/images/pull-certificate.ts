import { quoted } from "../../kube/sentences.ts";
import { untrusted } from "../../kube/untrusted-text.ts";

/**
 * Why a node does not take a registry's certificate: its time, its name or who signed it (Go: crypto/x509). The node's own
 * time is not told, which differs with each try.
 */
export function certificateProblem(registry: string, words: string): { why: string; remedy: string } {
  const said = untrusted(words);
  const [, relation, bound = ""] = /current time \S{1,40} is (before|after) (\S{1,40})/.exec(said) ?? [];
  if (relation === "before")
    return {
      why: `by the clock of the node, the certificate of ${registry} is not valid before ${bound}`,
      remedy:
        "Set the clock of the node: see `timedatectl` there, and turn on its synchronization (timedatectl set-ntp true).",
    };
  if (relation === "after" || /certificate has expired/.test(said))
    return {
      why: `the certificate of ${registry} has expired${bound === "" ? "" : ` (valid until ${bound})`}`,
      remedy: `Renew the certificate of ${registry}; if it is still valid, the clock of the node is ahead: see \`timedatectl\` there.`,
    };
  const [, names, asked = ""] = /certificate is valid for ([^"]{1,300}), not ([\w.:-]{1,253})/.exec(said) ?? [];
  if (names !== undefined)
    return {
      why: `the certificate at ${asked} is for another name: ${quoted(names)}`,
      remedy: `Name the registry as its certificate does, or have ${asked} added to the certificate.`,
    };
  return {
    why: `the node does not trust the certificate of ${registry}`,
    remedy: `Name its authority in /etc/rancher/k3s/registries.yaml of the nodes, and restart K3s there.`,
  };
}
