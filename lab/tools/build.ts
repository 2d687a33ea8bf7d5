import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { z } from "zod";
import type { Go } from "./go.ts";
import { wrapperGoMod } from "./gomod.ts";
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
 * Builds programs of one module in a single run of Go, so that what they share is compiled once.
 *
 * @param folder an empty folder for the wrapper module and, under `bin`, the programs
 * @returns the folder that holds each program under its file name
 * @throws {BuildFailed}
 */
export async function buildPrograms(
  programs: GoProgram[],
  module: GoModule,
  folder: string,
  go: Go,
  reporting: Reporting,
): Promise<string> {
  await mkdir(join(folder, "bin"), { recursive: true });
  const upstream = await downloadModule(module, folder, go, reporting);
  await writeFile(join(folder, "go.mod"), wrapperGoMod(upstream, module));
  const stamps = Object.entries(module.stamps).map(([name, value]) => `-X ${name}=${value}`);
  // Go names several programs after their packages; one alone may be named freely.
  const [only] = programs;
  const output = programs.length === 1 && only !== undefined ? join(folder, "bin", only.file) : join(folder, "bin/");
  await runGo(
    [
      "build",
      "-v",
      "-ldflags",
      ["-s -w", ...stamps].join(" "),
      "-o",
      output,
      ...programs.map((program) => program.package),
    ],
    folder,
    go,
    reporting,
  );
  return join(folder, "bin");
}

const downloadSchema = z.object({ GoMod: z.string(), Sum: z.string() });

/** Fetches the module, holds it against its pinned hash, and returns its go.mod. */
async function downloadModule(module: GoModule, folder: string, go: Go, reporting: Reporting): Promise<string> {
  const stdout = await runGo(["mod", "download", "-json", `${module.path}@${module.version}`], folder, go, reporting);
  const { GoMod, Sum } = downloadSchema.parse(JSON.parse(stdout));
  if (Sum !== module.sum)
    throw new BuildFailed(`refused: ${module.path} ${module.version} has hash ${Sum}, expected ${module.sum}`, []);
  return readFile(GoMod, "utf8");
}

async function runGo(args: string[], cwd: string, go: Go, { progress, tell }: Reporting): Promise<string> {
  tell(progress.text());
  const timer = setInterval(() => tell(progress.text()), 1000);
  try {
    const run = execa(go.path, args, { cwd, env: go.env, extendEnv: false, reject: false, stdin: "ignore" });
    for await (const line of run.iterable({ from: "stderr" })) progress.add(line);
    const { failed, stdout, shortMessage, signal } = await run;
    if (!failed) return stdout;
    // `go mod download -json` tells its errors on stdout
    for (const line of stdout.split("\n")) progress.add(line);
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
