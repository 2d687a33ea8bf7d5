import type { ChartSource } from "./chart-source.ts";

/**
 * Where the provider's `helm template` takes a chart from, in the words of its options: the same place, and with the same
 * sign-in, as that of a Release.
 */
export function chartFetch({ chart, version, repo, repoName }: ChartSource) {
  if (repo !== undefined) return { chart, version, fetch_opts: { repo } };
  if (repoName !== undefined) return { chart, version, repo: repoName };
  return chart.startsWith("oci://") ? { chart, version } : { path: chart };
}
