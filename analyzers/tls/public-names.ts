import type { Analyzer } from "../analyzer.ts";
import type { Finding } from "../finding.ts";
import { aboutOf, askedOf, detail, evidenceOf } from "../probed.ts";
import type { ProbeResult } from "../snapshot.ts";

/** Public names lead to the cluster, as this machine's resolver sees them: browsers may see others, so these are warnings. */
export const publicNames: Analyzer = {
  area: "tls",
  title: "Public names lead to the cluster",
  needs: [],
  analyze(cluster) {
    return { checked: askedOf(cluster, "dns"), findings: cluster.probes("dns").flatMap((it) => finding(it) ?? []) };
  },
};

function finding(result: ProbeResult): Finding | undefined {
  if (result.ok) return undefined;
  const host = detail(result, "host");
  const expected = detail(result, "expected");
  const found = detail(result, "addresses");
  const fix = [
    {
      text: `Make records for ${host} that lead to ${expected}; sessions need the wildcard of the domain as well.`,
      command: "pulumi stack output dnsRecords",
      risk: "manual" as const,
    },
  ];
  const base = { object: aboutOf(result), evidence: [evidenceOf(result)], fix };
  return found === ""
    ? { ...base, code: "HostNotResolved", problem: `${host} has no address (${detail(result, "error")}).` }
    : { ...base, code: "HostResolvesElsewhere", problem: `${host} leads to ${found}, and Traefik has ${expected}.` };
}
