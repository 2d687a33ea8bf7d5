import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { pinnedCharts } from "../../stacks/config.defaults.ts";
import { pinReport } from "./report.ts";
import type { PinState } from "./report.ts";
import { advisories, indexedVersions } from "./sources.ts";

/** Repositories on GitHub whose advisories are about what a chart installs. */
const projects: Readonly<Record<string, string>> = {
  "kasm-helm": "kasmtech/kasm-helm",
  "gpu-operator": "NVIDIA/gpu-operator",
  traefik: "traefik/traefik",
};

// usage: npm run charts:pins -- [--report FILE]. GITHUB_TOKEN and GITHUB_API_URL are read as in a workflow.
const { values } = parseArgs({ options: { report: { type: "string" }, repo: { type: "string" } } });
const { GITHUB_API_URL = "https://api.github.com", GITHUB_TOKEN } = process.env;

const text = pinReport(await Promise.all(Object.values(pinnedCharts).map(stateOf)));
console.log(text ?? "Each chart is pinned to its newest version, and no advisory is about one.");
if (text !== undefined && values.report !== undefined) await writeFile(values.report, text);

async function stateOf({ chart, version, repo }: { chart: string; version: string; repo: string }): Promise<PinState> {
  const [offered, published] = await Promise.all([
    // For tests, which have a repository of their own.
    known(indexedVersions(values.repo ?? repo, chart)),
    known(advisories(GITHUB_API_URL, projects[chart] ?? "", GITHUB_TOKEN)),
  ]);
  return { chart, version, offered, advisories: published };
}

async function known<T>(asked: Promise<T>): Promise<T | Error> {
  return asked.catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
}
