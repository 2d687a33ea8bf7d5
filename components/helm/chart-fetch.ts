import { homedir } from "node:os";
import { join } from "node:path";
import type { ChartSource } from "./chart-source.ts";

/**
 * Where the provider's `helm template` takes a chart from, in the words of its options: the same place, and with the same
 * sign-in, as that of a Release.
 */
export function chartFetch({ chart, version, repo, repoName }: ChartSource, env: NodeJS.ProcessEnv = process.env) {
  if (repo !== undefined) return { chart, version, fetch_opts: { repo } };
  if (repoName !== undefined) return { chart, version, repo: repoName };
  if (!chart.startsWith("oci://")) return { path: chart };
  // Left out, it looks for sign-ins in another file than Helm and a Release do.
  return { chart, version, helm_registry_config: registryConfigFile(env) };
}

/** The file in which `helm registry login` keeps sign-ins, as a Release finds it (helmpath in Helm's sources). */
export function registryConfigFile(env: NodeJS.ProcessEnv, home = homedir(), platform = process.platform): string {
  const own = platform === "darwin" ? join(home, "Library", "Preferences") : join(home, ".config");
  const folder = env["HELM_CONFIG_HOME"] ?? join(env["XDG_CONFIG_HOME"] ?? own, "helm");
  return env["PULUMI_K8S_HELM_REGISTRY_CONFIG_PATH"] ?? join(folder, "registry", "config.json");
}
