import { execFile } from "node:child_process";
import { access, constants, mkdtemp, realpath, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, isAbsolute, join } from "node:path";
import type { Tool } from "./tool.ts";

/** What a program said when asked for its version, or why it cannot be used. */
export type Answer = { path: string; version: string; companions: string[] } | { path: string; failure: string };

type Asked = Pick<Tool, "asks" | "companions">;

/** Runs the program at `path` and reads its version; looks for its companions beside it, also where a link points. */
export async function askVersion(tool: Asked, path: string): Promise<Answer> {
  if (!(await isExecutable(path))) return { path, failure: "is not an executable file" };
  const companions = await companionsOf(tool, path);
  if ("missing" in companions) return { path, failure: `has no ${companions.missing} beside it` };
  // pulumi writes a log file into its home even for `version`
  const home = await mkdtemp(join(tmpdir(), "kasm-vdi-ask-"));
  try {
    const { stdout, stderr } = await run(path, tool.asks.arguments, {
      PULUMI_HOME: home,
      PULUMI_SKIP_UPDATE_CHECK: "true",
    });
    const version = tool.asks.answer.exec(stdout)?.[1];
    if (version !== undefined) return { path, version, companions: companions.paths };
    return {
      path,
      failure: `does not tell its version (${firstLine(stderr) ?? firstLine(stdout) ?? "no output"})`,
    };
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

function run(path: string, args: string[], env: NodeJS.ProcessEnv): Promise<{ stdout: string; stderr: string }> {
  return new Promise((done) => {
    execFile(path, args, { timeout: 60_000, env: { ...process.env, ...env } }, (error, stdout, stderr) => {
      done({ stdout, stderr: stderr === "" ? (error?.message ?? "") : stderr });
    });
  });
}

/** The first executable of that name in the folders of `PATH`. */
export async function findOnPath(name: string, path = ""): Promise<string | undefined> {
  for (const folder of path.split(delimiter)) {
    const candidate = join(folder, name);
    if (isAbsolute(folder) && (await isExecutable(candidate))) return candidate;
  }
  return undefined;
}

async function companionsOf(tool: Asked, path: string): Promise<{ paths: string[] } | { missing: string }> {
  const folders = [dirname(path), dirname(await realpath(path))];
  const paths: string[] = [];
  for (const companion of tool.companions) {
    const found = await findOnPath(companion, folders.join(delimiter));
    if (found === undefined) return { missing: companion };
    paths.push(found);
  }
  return { paths };
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

function firstLine(text: string): string | undefined {
  return text
    .split("\n")
    .find((line) => line.trim() !== "")
    ?.slice(0, 200);
}
