import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { expect } from "chai";
import { execa, type ResultPromise } from "execa";

import { buildScripts } from "../../components/gates/script.ts";
import { withoutVersionWarning } from "../../lab/commands/engine-environment.ts";
import { installPlugins } from "../../lab/plugins/install.ts";

const checkout = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export type Env = Record<string, string>;

/** A program in a folder of its own, with its own state and the lab's stand-in plugins, run by the real engine. */
export class ScratchStack {
  readonly folder: string;
  readonly #work: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.#work = join(folder, "program");
  }

  static async make(program: string): Promise<ScratchStack> {
    const stack = new ScratchStack(mkdtempSync(join(tmpdir(), "stack-")));
    const { folder } = stack;
    for (const name of ["home", "state", "program"]) mkdirSync(join(folder, name));
    symlinkSync(join(checkout, "node_modules"), join(folder, "program", "node_modules"));
    writeFileSync(join(folder, "program", "package.json"), '{ "type": "module" }');
    writeFileSync(join(folder, "program", "index.js"), program);
    writeFileSync(
      join(folder, "program", "Pulumi.yaml"),
      "name: scratch\nmain: index.js\nruntime: { name: nodejs, options: { typescript: false } }\n",
    );
    await installPlugins({ pulumiHome: join(folder, "home"), env: { ...process.env, KASM_VDI_PLUGINS: "local" } });
    const made = await stack.pulumi(["stack", "init"]);
    expect(made.exitCode, made.stderr).to.equal(0);
    return stack;
  }

  /** Lets the program run this checkout's gates, as the project's own folder does. */
  linkScripts(): void {
    buildScripts();
    for (const folder of ["commands", "dist"]) symlinkSync(join(checkout, folder), join(this.#work, folder));
  }

  pulumi(args: string[], env: Env = {}): ResultPromise<{ reject: false; all: true }> {
    return execa("pulumi", [...args, "--non-interactive", "--stack", "test"], {
      cwd: this.#work,
      reject: false,
      all: true,
      env: { ...this.env, ...env },
    });
  }

  /** Leads an engine to this stack. */
  get env(): Env {
    return {
      PULUMI_HOME: join(this.folder, "home"),
      PULUMI_BACKEND_URL: pathToFileURL(join(this.folder, "state")).href,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      ...withoutVersionWarning,
    };
  }

  /** The engine's output of a command that must succeed. */
  async run(args: string[], env: Env = {}): Promise<string> {
    const { exitCode, all } = await this.pulumi(args, env);
    expect(exitCode, all).to.equal(0);
    return all;
  }

  up(env: Env = {}): Promise<string> {
    return this.run(["up", "--yes", "--skip-preview"], env);
  }

  /** What a preview would do, by resource name: `update`, `replace`, `create`, `delete`; of a replacement only that. */
  async changes(env: Env = {}): Promise<Record<string, string>> {
    const { stdout, all } = await this.pulumi(["preview", "--json"], env);
    const { steps } = parseJson(stdout, all) as { steps: { op: string; urn: string }[] };
    const shown = steps.filter(({ op }) => !["same", "create-replacement", "delete-replaced"].includes(op));
    return Object.fromEntries(shown.map(({ op, urn }) => [urn.split("::").at(-1) ?? "", op]));
  }

  async output(name: string): Promise<string> {
    return this.run(["stack", "output", name, "--show-secrets"]);
  }

  /** The state file, as it lies on disk. */
  state(): string {
    return readFileSync(this.#stateFile, "utf8");
  }

  /** Puts a state back that `state` gave before: what was made since then is forgotten, and stays. */
  restore(state: string): void {
    writeFileSync(this.#stateFile, state);
  }

  get #stateFile(): string {
    return join(this.folder, "state", ".pulumi", "stacks", "scratch", "test.json");
  }

  /** A killed engine leaves its lock. */
  async unlock(): Promise<void> {
    await this.pulumi(["cancel", "--yes"]);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function parseJson(text: string, all: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`the preview gave no JSON: ${all}`);
  }
}
