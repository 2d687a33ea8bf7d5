import { join } from "node:path";
import { execa } from "execa";
import { z } from "zod";
import { fetchText, fetchVerified, sha256Of } from "./fetch.ts";

/** One file of a release on PyPI. */
export interface Wheel {
  name: string;
  version: string;
  file: string;
  sha256: string;
}

type Progress = (text: string) => void;

/**
 * From PyPI itself, else with pip: on some machines a mirror that pip is set up for is the only way.
 *
 * @returns the path of the file, whose sum is right
 * @throws {Error} that says why neither could give it
 */
export async function fetchWheel(
  wheel: Wheel,
  folder: string,
  env: NodeJS.ProcessEnv,
  onProgress: Progress,
): Promise<string> {
  try {
    return await fromPyPi(wheel, folder, onProgress);
  } catch (direct) {
    try {
      return await withPip(wheel, folder, env, onProgress);
    } catch (pip) {
      const { name, version } = wheel;
      throw new Error(`PyPI ${name} ${version}: ${messageOf(direct)}; with pip: ${messageOf(pip)}`, { cause: pip });
    }
  }
}

const releaseSchema = z.object({ urls: z.array(z.object({ filename: z.string(), url: z.string() })) });

async function fromPyPi({ name, version, file, sha256 }: Wheel, folder: string, onProgress: Progress): Promise<string> {
  const index = `https://pypi.org/pypi/${name}/${version}/json`;
  const { urls } = releaseSchema.parse(JSON.parse(await fetchText(index)));
  const release = urls.find(({ filename }) => filename === file);
  if (release === undefined) throw new Error(`pypi.org does not list ${file}`);
  const path = join(folder, file);
  await fetchVerified(new URL(release.url, index).href, { pinnedSha256: sha256 }, path, onProgress);
  return path;
}

async function withPip(
  { name, version, file, sha256 }: Wheel,
  folder: string,
  env: NodeJS.ProcessEnv,
  onProgress: Progress,
): Promise<string> {
  onProgress(`fetching ${name} ${version} with pip`);
  const where = ["--no-deps", "--only-binary=:all:", "--dest", folder, ...targetOf(file)];
  const { failed, stderr, shortMessage } = await execa(
    "python3",
    ["-m", "pip", "download", "--quiet", "--disable-pip-version-check", ...where, `${name}==${version}`],
    { env, reject: false, stdin: "ignore" },
  );
  if (failed) throw new Error(stderr.trim().split("\n").at(-1) ?? shortMessage);
  const path = join(folder, file);
  const sum = await sha256Of(path);
  if (sum !== sha256) throw new Error(`refused: SHA-256 of ${file} is ${sum}, expected ${sha256}`);
  return path;
}

/** `name-1.0-cp311-abi3-manylinux_2_28_x86_64.whl`: for which Python and machines a file is, whatever this machine has. */
export function targetOf(file: string): string[] {
  const [python = "", , platforms = ""] = file
    .replace(/\.whl$/, "")
    .split("-")
    .slice(-3);
  if (platforms === "any") return [];
  const version = /^cp3(\d+)$/.exec(python)?.[1];
  return [
    ...(version === undefined ? [] : ["--implementation", "cp", "--python-version", `3.${version}`]),
    ...platforms.split(".").flatMap((platform) => ["--platform", platform]),
  ];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
