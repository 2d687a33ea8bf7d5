import { mkdir, readdir, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";

export interface DebianOptions {
  readonly suite: string;
  readonly packages: readonly string[];
  readonly architecture: "amd64" | "arm64";
  /** An empty folder for apt's own state and what it fetches. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly onProgress: (text: string) => void;
}

const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

/**
 * Fetches packages with all that they depend on, by apt with a state of its own: the machine's packages play no part, and no
 * root is needed. Indexes are signed by Debian, and hold the sums of the packages.
 *
 * @returns paths of the packages
 */
export async function fetchDebianPackages(options: DebianOptions): Promise<string[]> {
  const { suite, packages, folder, onProgress } = options;
  if (!existsSync(keyring))
    throw new Error(`${keyring} is not there, which Debian's packages are verified by: install debian-archive-keyring`);
  for (const part of ["lists/partial", "archives/partial"]) await mkdir(join(folder, part), { recursive: true });
  const mirror = options.env["KASM_VDI_DEBIAN_MIRROR"] || "http://deb.debian.org";
  await writeFile(
    join(folder, "sources.list"),
    [
      `deb [signed-by=${keyring}] ${mirror}/debian ${suite} main`,
      `deb [signed-by=${keyring}] ${mirror}/debian-security ${suite}-security main\n`,
    ].join("\n"),
  );
  await writeFile(join(folder, "status"), "");
  onProgress("reading Debian's package index");
  await apt(["update"], options, () => undefined);
  let fetched = 0;
  await apt(["install", "--yes", "--download-only", ...packages], options, (line) => {
    if (/^Get:\d+ /.test(line)) onProgress(`fetching Debian packages, ${++fetched}`);
  });
  const archives = join(folder, "archives");
  return (await readdir(archives)).filter((file) => file.endsWith(".deb")).map((file) => join(archives, file));
}

async function apt(
  args: readonly string[],
  { folder, architecture, env }: DebianOptions,
  onLine: (line: string) => void,
): Promise<void> {
  const settings = {
    "Dir::State": folder,
    "Dir::State::lists": join(folder, "lists"),
    "Dir::State::status": join(folder, "status"),
    "Dir::Cache": folder,
    "Dir::Cache::archives": join(folder, "archives"),
    "Dir::Etc::sourcelist": join(folder, "sources.list"),
    "Dir::Etc::sourceparts": "/dev/null",
    "APT::Architecture": architecture,
    "APT::Install-Recommends": "false",
    // Root's apt would fetch as a user who cannot write here.
    "APT::Sandbox::User": "root",
    "Acquire::Languages": "none",
    "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled": "false",
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  const run = execa("apt-get", [...options, ...args], {
    ...{ env: { ...env, LC_ALL: "C", DEBIAN_FRONTEND: "noninteractive" }, reject: false, stdin: "ignore" },
  });
  for await (const line of run) onLine(line);
  const { failed, stderr, shortMessage } = await run;
  if (failed) throw new Error(`apt-get ${args[0] ?? ""}: ${stderr.trim().split("\n").at(-1) || shortMessage}`);
}

/** Lays the content of packages into a folder; none of their scripts is run. */
export async function unpackDebianPackages(
  files: readonly string[],
  folder: string,
  onProgress: (text: string) => void,
): Promise<void> {
  let unpacked = 0;
  const left = [...files];
  const work = async () => {
    for (let file = left.pop(); file !== undefined; file = left.pop()) {
      await execa("dpkg-deb", ["--extract", file, folder]);
      onProgress(`unpacking packages, ${++unpacked} of ${files.length}`);
    }
  };
  await Promise.all([work(), work()]);
}
