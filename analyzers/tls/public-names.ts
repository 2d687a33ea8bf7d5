import type { Analyzer } from "../analyzer.ts";
import type { Finding } from "../finding.ts";
import { aboutOf, askedOf, byAnswer, detail, evidenceOf } from "../probed.ts";
import type { ProbeResult } from "../snapshot.ts";

/** Public names lead to the cluster, as this machine's resolver sees them: browsers may see others, so these are warnings. */
export const publicNames: Analyzer = {
  area: "tls",
  title: "Public names lead to the cluster",
  needs: [],
  analyze(cluster) {
    return {
      checked: askedOf(cluster, "dns"),
      findings: byAnswer(cluster.probes("dns"), "error", "addresses").flatMap(
        ([it, hosts]) => finding(it, hosts) ?? [],
      ),
    };
  },
};

function finding(result: ProbeResult, hosts: string): Finding | undefined {
  if (result.ok) return undefined;
  const expected = detail(result, "expected");
  const found = detail(result, "addresses");
  const fix = [
    {
      text: `Make records for ${hosts} that lead to ${expected}; sessions need the wildcard of the domain as well.`,
      command: "pulumi stack output dnsRecords",
      risk: "manual" as const,
    },
  ];
  const base = { object: aboutOf(result), evidence: [evidenceOf(result)], fix };
  return found === ""
    ? { ...base, code: "HostNotResolved", problem: `There is no address for ${hosts} (${detail(result, "error")}).` }
    : {
        ...base,
        code: "HostResolvesElsewhere",
        problem: `DNS leads ${hosts} to ${found}, and Traefik has ${expected}.`,
      };
}
