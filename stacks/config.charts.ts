import { kasmVersion } from "../components/kasm-workspaces/chart.ts";
import type { ChartFile, ReadChart } from "./chart-file.ts";
import type { RawChart } from "./config.groups.cluster.ts";
import type { ConfigProblem } from "./config.problems.ts";
import { problem } from "./config.rule.ts";
import type { RawConfig } from "./config.schema.ts";

/** Groups of the config that have a chart, and the name that it must have. */
const names = { kasm: "kasm-helm", gpu: "gpu-operator", traefik: "traefik" } as const;
type Part = keyof typeof names;

/**
 * The config with the versions that charts given by path have, whatever stands beside them: guards of the database go by the
 * version.
 */
export function withChartVersions(raw: RawConfig, read: ReadChart): { raw: RawConfig; problems: ConfigProblem[] } {
  const problems: ConfigProblem[] = [];
  const chartOf = (part: Part): RawChart | undefined => {
    const { chart } = raw[part];
    // That several places are given is told elsewhere.
    if (chart?.path === undefined || [chart.repo, chart.repoName, chart.oci].some((it) => it !== undefined))
      return chart;
    try {
      const file = read(chart.path);
      const wrong = mismatch(part, chart, file);
      if (wrong) problems.push(wrong);
      return { ...chart, version: file.version };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      problems.push(problem([part, "chart", "path"], `${chart.path}: ${why}`));
      return chart;
    }
  };
  const [kasm, gpu, traefik] = [chartOf("kasm"), chartOf("gpu"), chartOf("traefik")];
  return {
    raw: {
      ...raw,
      kasm: { ...raw.kasm, ...(kasm && { chart: kasm }) },
      gpu: { ...raw.gpu, ...(gpu && { chart: gpu }) },
      traefik: { ...raw.traefik, ...(traefik && { chart: traefik }) },
    },
    problems,
  };
}

function mismatch(part: Part, { path = "", version }: RawChart, file: ChartFile): ConfigProblem | undefined {
  const at = [part, "chart", "path"];
  if (file.name !== names[part]) return problem(at, `${path} is the chart ${file.name}; ${names[part]} belongs here`);
  if (version !== undefined && version !== file.version)
    return problem(
      [part, "chart", "version"],
      `"${version}" is not what ${path} holds: its Chart.yaml says ${file.version}; leave version out, or give the chart that you mean`,
    );
  const made = kasmVersion(file.version);
  if (part === "kasm" && file.appVersion !== undefined && file.appVersion !== made)
    return problem(
      at,
      `${path} is version ${file.version}, which is made for Kasm ${made}, and says appVersion ${file.appVersion}; the database is kept by that version, so the two have to agree`,
    );
  return undefined;
}
