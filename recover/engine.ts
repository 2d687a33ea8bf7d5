import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execa, ExecaError } from "execa";
import { parse } from "yaml";
import type { ExportedStack, StateResource } from "./state.ts";

/** The `pulumi` of PATH on one stack. Every method throws {@link EngineError} with the engine's own words. */
export class Engine {
  readonly stack: string;
  /** The project's root. */
  readonly folder: string;

  constructor(stack: string, folder: string) {
    this.stack = stack;
    this.folder = folder;
  }

  get project(): string {
    return (parse(readFileSync(join(this.folder, "Pulumi.yaml"), "utf8")) as { name: string }).name;
  }

  /** The state, with its secrets in plain text. */
  async export(): Promise<ExportedStack> {
    return JSON.parse(await this.#run(["stack", "export", "--show-secrets"])) as ExportedStack;
  }

  /** Puts another state in place of the present one. Drops pending operations; fails while another engine works. */
  async import(state: ExportedStack): Promise<void> {
    await this.#run(["stack", "import"], JSON.stringify(state));
  }

  /** What the next `up` would create, as it would stand in the state. Secrets in it are masked. */
  async creations(): Promise<StateResource[]> {
    const preview = JSON.parse(await this.#run(["preview", "--json"])) as {
      steps?: { op: string; newState?: StateResource }[];
    };
    return (preview.steps ?? []).flatMap(({ op, newState }) => (op === "create" && newState ? [newState] : []));
  }

  /** The stack's config by full key; values that are secret are left out. */
  async config(): Promise<Record<string, string>> {
    const config = JSON.parse(await this.#run(["config", "--json"])) as Record<string, { value?: string }>;
    return Object.fromEntries(Object.entries(config).flatMap(([key, { value }]) => (value ? [[key, value]] : [])));
  }

  /** Address of the backend: `file:///home/ada`, `s3://bucket`, `https://api.pulumi.com`. */
  async backend(): Promise<string> {
    const { url } = JSON.parse(await this.#run(["whoami", "--json"], undefined, false)) as { url: string };
    return url;
  }

  async #run(args: string[], input?: string, ofStack = true): Promise<string> {
    const selection = ofStack ? ["--stack", this.stack] : [];
    try {
      const { stdout } = await execa("pulumi", [...args, ...selection, "--non-interactive", "--color", "never"], {
        cwd: this.folder,
        ...(input !== undefined && { input }),
      });
      return stdout;
    } catch (error) {
      throw error instanceof ExecaError ? new EngineError(args, error as ExecaError) : error;
    }
  }
}

/** A `pulumi` command that failed, with what it said. What it printed is left out: a state would be in it. */
export class EngineError extends Error {
  override readonly name = "EngineError";

  constructor(args: readonly string[], { code, stderr }: ExecaError) {
    super(
      code === "ENOENT"
        ? "`pulumi` is not on PATH: https://www.pulumi.com/docs/iac/download-install/"
        : `\`pulumi ${args.join(" ")}\` failed: ${String(stderr).trim()}`,
    );
  }
}
