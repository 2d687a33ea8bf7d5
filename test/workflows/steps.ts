import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { parse } from "yaml";

export interface Step {
  readonly name?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: { readonly script?: string };
}

const checkout = join(import.meta.dirname, "..", "..");

/** The step of that name in a job, or the only one that holds a script for github-script. */
export function stepOf(file: string, job: string, name?: string): Step {
  const document = parse(readFileSync(join(checkout, ".github", file), "utf8"), { merge: true }) as {
    jobs?: Record<string, { steps: Step[] }>;
    runs?: { steps: Step[] };
  };
  const steps = document.runs?.steps ?? document.jobs?.[job]?.steps ?? [];
  const found = steps.find((step) => (name === undefined ? step.with?.script !== undefined : step.name === name));
  if (!found) throw new Error(`${file} has no step ${name ?? "with a script"} in ${job}`);
  return found;
}

/** A runner's working folder: this checkout as far as the steps want it, and commands that stand in for those of the runner. */
export class Runner {
  readonly folder = mkdtempSync(join(tmpdir(), "runner-"));
  readonly #bin = join(this.folder, "bin");

  constructor() {
    mkdirSync(this.#bin);
    for (const name of ["package.json", "lab", "node_modules"])
      symlinkSync(join(checkout, name), join(this.folder, name));
  }

  /** Puts a command onto the steps' PATH. */
  command(name: string, script: string): void {
    const file = join(this.#bin, name);
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
  }

  /** Runs a step as the runner does: bash, which ends at the first failure. */
  run(step: Step, env: Readonly<Record<string, string>> = {}) {
    const paths = { PATH: `${this.#bin}:${process.env["PATH"] ?? ""}`, RUNNER_TEMP: this.folder };
    const args = ["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step.run ?? ""];
    return execa("bash", args, { cwd: this.folder, reject: false, all: true, env: { ...paths, ...env } });
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), "utf8");
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
