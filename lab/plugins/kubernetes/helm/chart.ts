import { existsSync, statSync } from "node:fs";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import type { HelmHome } from "./home.ts";
import type { Release, RepositoryOpts } from "./inputs.ts";
import { HelmError, runHelm } from "./run-helm.ts";
import type { HelmRun } from "./run-helm.ts";

/** Where a Release's chart comes from. */
export type ChartSource =
  | { from: "path"; path: string }
  | { from: "repository"; url: string; name: string }
  | { from: "alias"; name: string }
  | { from: "address"; address: string };

export interface ChartMetadata {
  name: string;
  version: string;
  dependencies?: { name: string; alias?: string }[];
}

/**
 * Decides where the chart comes from, in the official provider's order: a repository that is given as a URL, else a
 * folder with a Chart.yaml or an archive, else an oci:// or https:// address, else an alias of `helm repo add`.
 * Throws when none of these can be meant.
 */
export function chartSource({ chart, repositoryOpts }: Release, isChart = isLocalChart): ChartSource {
  const name = chart.trim();
  const repo = repositoryOpts?.repo ?? "";
  const isAddress = /^(oci|https?):\/\//.test(name);
  if (!isAddress && /^[a-z]+:\/\//i.test(repo)) return { from: "repository", url: repo, name };
  if (!isAddress && isChart(name)) return { from: "path", path: resolve(name) };
  if (isAddress) return { from: "address", address: name };
  if (/^[./]/.test(name)) throw new Error(`no chart at ${name} (looked in ${resolve(name)})`);
  if (repo) return { from: "alias", name: name.includes("/") ? name : `${repo}/${name}` };
  throw new Error(
    `"${name}" is neither a folder with a Chart.yaml, nor an archive, nor an oci:// or https:// address, and repositoryOpts.repo is not set`,
  );
}

export interface ChartArguments {
  /** The chart and what finds it, for `helm install|upgrade|show chart`. */
  parameters: string[];
  cwd: string;
}

/** Makes helm ready for this source: credentials go to private files, never to an argument. */
export async function prepareChart(
  home: HelmHome,
  release: Release,
  source: ChartSource,
  run: HelmRun,
): Promise<ChartArguments> {
  const options = release.repositoryOpts;
  const version = release.version.trim() || (release.devel ? ">0.0.0-0" : "");
  const parameters = [
    ...(version && source.from !== "path" ? ["--version", version] : []),
    ...(release.verify ? ["--verify", "--keyring", resolve(release.keyring)] : []),
  ];
  if (source.from === "path") return { parameters: [source.path, ...parameters], cwd: process.cwd() };
  // Away from the program's folder, where a folder of the chart's name would win over the repository.
  const cwd = home.folder;
  if (source.from === "alias") return { parameters: [source.name, ...parameters], cwd };
  const files = [fileOption("ca", options), fileOption("cert", options), fileOption("key", options)].flat();
  if (source.from === "address") {
    if (options?.password) await writeRegistryLogin(home, source.address, options);
    return { parameters: [source.address, ...files, ...parameters], cwd };
  }
  if (!options?.password) return { parameters: [source.name, "--repo", source.url, ...files, ...parameters], cwd };
  await writeRepository(home, source.url, options);
  await runHelm(home, ["repo", "update", "release", "--fail-on-repo-update-fail"], { ...run, cwd });
  return { parameters: [`release/${source.name}`, ...parameters], cwd };
}

/**
 * The chart's own name and version. Reads no cluster; a folder is read without helm.
 * Throws one message that says which chart could not be had, why, and what to do.
 */
export async function loadChart(home: HelmHome, release: Release, run: HelmRun): Promise<ChartMetadata> {
  try {
    const source = chartSource(release);
    if (source.from === "path" && !release.verify && statSync(source.path).isDirectory())
      return await readChartFolder(source.path, release.dependencyUpdate);
    const { parameters, cwd } = await prepareChart(home, release, source, run);
    return parse(await runHelm(home, ["show", "chart", ...parameters], { ...run, cwd })) as ChartMetadata;
  } catch (error) {
    if (run.signal?.aborted) throw error;
    throw new Error(chartProblem(release, (error as Error).message), { cause: error });
  }
}

/** One sentence for a chart that cannot be had: which, from where, why, what to do. */
export function chartProblem({ chart, version, repositoryOpts }: Release, why: string): string {
  const repo = repositoryOpts?.repo ? ` from ${repositoryOpts.repo}` : "";
  const wanted = `chart "${chart}"${version ? ` version ${version}` : ""}${repo}`;
  const remote = repo || /^[a-z]+:\/\//i.test(chart);
  const advice = remote
    ? "Check the chart's name, its version and the repository; without network, give the chart by path"
    : "A path is relative to the program's folder; a chart of a repository needs repositoryOpts.repo";
  return `${wanted} could not be loaded: ${why}. ${advice}`;
}

function isLocalChart(name: string): boolean {
  if (!existsSync(name)) return false;
  return !statSync(name).isDirectory() || existsSync(join(name, "Chart.yaml"));
}

async function readChartFolder(folder: string, mayUpdate: boolean): Promise<ChartMetadata> {
  const metadata = parse(await readFile(join(folder, "Chart.yaml"), "utf8")) as Partial<ChartMetadata> | null;
  if (!metadata?.name || !metadata.version) throw new Error(`${join(folder, "Chart.yaml")} has no name or no version`);
  const present = await readdir(join(folder, "charts")).catch(() => []);
  const missing = (metadata.dependencies ?? []).filter(
    ({ name }) => !present.some((entry) => entry === name || entry.startsWith(`${name}-`)),
  );
  if (missing.length > 0 && !mayUpdate) {
    const names = missing.map(({ name }) => name).join(", ");
    throw new HelmError(
      `its dependencies are missing in charts/: ${names}. Run \`helm dependency update ${folder}\` or set dependencyUpdate`,
    );
  }
  return { ...metadata, name: metadata.name, version: metadata.version };
}

function fileOption(kind: "ca" | "cert" | "key", options: RepositoryOpts | undefined): string[] {
  const file = options?.[`${kind}File`];
  return file ? [`--${kind}-file`, resolve(file)] : [];
}

async function writeRepository(home: HelmHome, url: string, options: RepositoryOpts): Promise<void> {
  const { username, password, caFile, certFile, keyFile } = options;
  const file = (path: string): string => path && resolve(path);
  const entry = {
    name: "release",
    url,
    username,
    password,
    caFile: file(caFile),
    certFile: file(certFile),
    keyFile: file(keyFile),
  };
  const document = { apiVersion: "", generated: "2000-01-01T00:00:00Z", repositories: [entry] };
  await writePrivate(join(home.folder, "config", "repositories.yaml"), JSON.stringify(document));
}

async function writeRegistryLogin(
  home: HelmHome,
  address: string,
  { username, password }: RepositoryOpts,
): Promise<void> {
  const host = new URL(address.replace(/^oci:/, "https:")).host;
  const auth = Buffer.from(`${username}:${password}`).toString("base64");
  await writePrivate(
    join(home.folder, "config", "registry", "config.json"),
    JSON.stringify({ auths: { [host]: { auth } } }),
  );
}

async function writePrivate(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(path, content, { mode: 0o600 });
}
