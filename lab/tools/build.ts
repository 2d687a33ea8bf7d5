import { chmod, copyFile, cp, mkdir, rename } from "node:fs/promises";
import { basename, join } from "node:path";
import { execa } from "execa";
import type { Go } from "./go.ts";
import type { GoModule, GoProgram } from "./tool.ts";

/** A build that failed; `lastLines` is the end of what Go said. */
export class BuildFailed extends Error {
  readonly lastLines: string[];
  constructor(message: string, lastLines: string[]) {
    super(message);
    this.lastLines = lastLines;
  }
}

/** Where a build's output is gathered, and who is told about once a second. */
interface Reporting {
  progress: BuildProgress;
  tell: (text: string) => void;
}

/**
 * Prepares the build of programs of one module: copies the module, and fetches all that goes into them.
 *
 * @param folder an empty folder
 * @returns compiles the programs in a single run of Go, so that what they share is compiled once; gives the folder that
 *   holds each program under its file name
 * @throws {BuildFailed}
 */
export async function prepareBuild(
  programs: GoProgram[],
  module: GoModule,
  folder: string,
  go: Go,
  reporting: Reporting,
): Promise<() => Promise<string>> {
  await cp(module.folder, folder, { recursive: true });
  const packages = programs.map((program) => program.package);
  if (module.embedded) await copyEmbedded(module.embedded, folder, go, reporting);
  await runGo(["list", "-deps", "-f", "", ...packages], folder, go, reporting);
  const bin = join(folder, "bin");
  await mkdir(bin);
  const stamps = Object.entries(module.stamps).map(([name, value]) => `-X ${name}=${value}`);
  return async () => {
    // Nobody debugs these: without DWARF the compiler has less to write.
    const flags = ["-gcflags=all=-dwarf=false", `-ldflags=${["-s -w", ...stamps].join(" ")}`];
    await runGo(["build", "-v", ...flags, "-o", `${bin}/`, ...packages], folder, go, reporting);
    for (const program of programs) await rename(join(bin, nameByGo(program.package)), join(bin, program.file));
    return bin;
  };
}

/** `example.test/server/v3` -> `server`: what Go calls a program when it is not told. */
export function nameByGo(path: string): string {
  return basename(path.replace(/\/v\d+$/, ""));
}

async function copyEmbedded(
  { module, files }: NonNullable<GoModule["embedded"]>,
  folder: string,
  go: Go,
  reporting: Reporting,
): Promise<void> {
  await runGo(["mod", "download", module], folder, go, reporting);
  const source = await runGo(["list", "-m", "-f", "{{.Dir}}", module], folder, go, reporting);
  for (const { from, to } of files) {
    await copyFile(join(source, from), join(folder, to));
    // Files of the module cache are read-only, and so would be their copies.
    await chmod(join(folder, to), 0o644);
  }
}

async function runGo(args: string[], cwd: string, go: Go, { progress, tell }: Reporting): Promise<string> {
  tell(progress.text());
  const timer = setInterval(() => tell(progress.text()), 1000);
  try {
    const run = execa(go.path, args, { cwd, env: go.env, extendEnv: false, reject: false, stdin: "ignore" });
    for await (const line of run.iterable({ from: "stderr" })) progress.add(line);
    const { failed, stdout, shortMessage, signal } = await run;
    if (!failed) return stdout;
    const reason = signal === undefined ? (progress.reason() ?? shortMessage) : `go was ended by ${signal}`;
    throw new BuildFailed(reason ?? "go failed without a word", progress.lastLines());
  } finally {
    clearInterval(timer);
  }
}

/** What one or more runs of Go had to say, with `-v`: the progress, and what went wrong. */
export class BuildProgress {
  #started = Date.now();
  #modules = 0;
  #packages = 0;
  #messages: string[] = [];

  add(line: string): void {
    if (/^go: (downloading|finding) /.test(line)) this.#modules++;
    else if (/^[\w.~-]+(\/[\w.~-]+)*$/.test(line)) this.#packages++;
    else if (line.trim() !== "") this.#messages.push(line.trimEnd());
  }

  /** `building from Go modules, 34 s, modules fetched: 120, packages compiled: 412`, as far as there is something to tell. */
  text(): string {
    return [
      "building from Go modules",
      `${Math.round((Date.now() - this.#started) / 1000)} s`,
      ...(this.#modules > 0 ? [`modules fetched: ${this.#modules}`] : []),
      ...(this.#packages > 0 ? [`packages compiled: ${this.#packages}`] : []),
    ].join(", ");
  }

  lastLines(): string[] {
    return this.#messages.slice(-15);
  }

  /** Causes that a person can do something about, recognised in Go's messages; else its last message. */
  reason(): string | undefined {
    const text = this.#messages.join("\n");
    if (text.includes("no space left on device")) return "the disk is full";
    if (/dial tcp|no such host|i\/o timeout|connection refused/.test(text))
      return "the Go module proxy could not be reached";
    return this.#messages.at(-1);
  }
}
