import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { execa } from "execa";
import { parse, stringify } from "yaml";
import { withoutVersionWarning } from "../commands/engine-environment.ts";
import { installPlugins } from "../plugins/install.ts";
import { linkTools } from "../tools/link.ts";
import { provideShowing } from "../tools/show.ts";
import { offlineStackFile } from "./offline-stack.ts";
import type { OfflineOverrides } from "./offline-stack.ts";
import { withPolicies } from "./policies.ts";
import { readPreview } from "./steps.ts";
import type { PreviewDocument } from "./steps.ts";

export interface OfflinePreview {
  stack: string;
  succeeded: boolean;
  document: PreviewDocument;
  /** Wall-clock time of the engine. */
  seconds: number;
  notes: string[];
  /** Folders and files that exist for this preview alone, and what to call them. */
  places: Record<string, string>;
}

export interface OfflineOptions {
  charts: OfflineOverrides["charts"];
  /** The caller's environment; what leads to a cluster, a backend or a stack is left out of the engine's. */
  env?: NodeJS.ProcessEnv;
}

/**
 * Previews stacks of this checkout with the real engine and the real program, against no cluster and an empty state, in a
 * temporary folder: nothing of the checkout is written, nothing of the user's Pulumi or Kubernetes is read.
 *
 * @throws {ToolsUnavailable} when the engine cannot be had
 * @throws {Error} when a stack has no config file
 */
export async function previewOffline(
  checkout: string,
  stacks: readonly string[],
  { charts, env = process.env }: OfflineOptions,
): Promise<OfflinePreview[]> {
  const stackFiles = stacks.map((stack) => [stack, readStackFile(checkout, stack)] as const);
  return withOfflineEngine(checkout, env, (engine) =>
    Promise.all(stackFiles.map(([stack, text]) => previewStack(engine, stack, text, charts, env))),
  );
}

/** An engine with a project that leads to the checkout's program, and with nothing else. */
export interface OfflineEngine {
  checkout: string;
  root: string;
  home: string;
  project: string;
  kubeconfig: string;
}

/**
 * Lends an offline engine, and leaves nothing of it behind.
 *
 * @throws {ToolsUnavailable} when the engine cannot be had
 */
export async function withOfflineEngine<T>(
  checkout: string,
  env: NodeJS.ProcessEnv,
  work: (engine: OfflineEngine) => Promise<T>,
): Promise<T> {
  const tools = await provideShowing(["pulumi"], { output: process.stderr, env });
  const root = realpathSync(mkdtempSync(join(tmpdir(), "kasm-vdi-preview-")));
  const remove = () => rmSync(root, { recursive: true, force: true });
  // An interrupt ends the process without coming back here.
  process.once("exit", remove);
  try {
    const engine = layOut(root, checkout);
    await linkTools(join(root, "bin"), Object.values(tools));
    // The same plugins everywhere, so that a preview does not depend on what a machine has or can reach.
    await installPlugins({ pulumiHome: engine.home, env: { KASM_VDI_PLUGINS: "local", ...env } });
    return await work(engine);
  } finally {
    process.off("exit", remove);
    remove();
  }
}

/** The project lies apart, so that its stack files do: only its program leads back to the checkout. */
function layOut(root: string, checkout: string): OfflineEngine {
  const engine = {
    checkout,
    root,
    home: join(root, "home"),
    project: join(root, "project"),
    kubeconfig: join(root, "kubeconfig"),
  };
  for (const folder of [engine.home, engine.project, join(root, "state")]) mkdirSync(folder);
  const project = parse(readFileSync(join(checkout, "Pulumi.yaml"), "utf8")) as { main: string };
  writeFileSync(join(engine.project, "Pulumi.yaml"), stringify({ ...project, main: join("program", project.main) }));
  symlinkSync(checkout, join(engine.project, "program"));
  writeFileSync(engine.kubeconfig, kubeconfigToNowhere, { mode: 0o600 });
  return engine;
}

/** @returns what differs from the stack's own config */
export function writeStackFile(
  engine: OfflineEngine,
  stack: string,
  stackFile: string,
  charts: OfflineOverrides["charts"],
): string[] {
  const { text, notes } = offlineStackFile(stackFile, { kubeconfig: engine.kubeconfig, charts });
  writeFileSync(join(engine.project, `Pulumi.${stack}.yaml`), text);
  return notes;
}

async function previewStack(
  engine: OfflineEngine,
  stack: string,
  stackFile: string,
  charts: OfflineOverrides["charts"],
  env: NodeJS.ProcessEnv,
): Promise<OfflinePreview> {
  const notes = writeStackFile(engine, stack, stackFile, charts);
  const startedAt = performance.now();
  const pulumi = (...args: string[]) =>
    execa("pulumi", [...args, "--stack", stack, "--non-interactive"], {
      cwd: engine.project,
      env: engineEnvironment(engine, env),
      extendEnv: false,
      reject: false,
    });
  const eventLog = join(engine.root, `${stack}.events`);
  const policyPack = join(engine.checkout, "policy", "start");
  const made = await pulumi("stack", "init");
  const run =
    made.exitCode === 0
      ? await pulumi("preview", "--json", "--event-log", eventLog, "--policy-pack", policyPack)
      : made;
  return {
    stack,
    succeeded: run.exitCode === 0,
    document: withPolicies(
      readPreview(run.stdout, run.stderr),
      existsSync(eventLog) ? readFileSync(eventLog, "utf8") : "",
    ),
    seconds: (performance.now() - startedAt) / 1000,
    notes,
    places: { [engine.kubeconfig]: "<kubeconfig>", [engine.root]: "<preview>", [engine.checkout]: "<checkout>" },
  };
}

/** The caller's environment without what leads to a cluster, a backend or a stack, and with what leads to this engine. */
export function engineEnvironment(
  { checkout, root, home, kubeconfig }: OfflineEngine,
  env: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !/^(PULUMI|KUBE)/.test(name));
  return {
    ...Object.fromEntries(kept),
    PATH: [join(root, "bin"), join(checkout, "node_modules", ".bin"), env["PATH"]].join(delimiter),
    KUBECONFIG: kubeconfig,
    PULUMI_HOME: home,
    PULUMI_BACKEND_URL: pathToFileURL(join(root, "state")).href,
    // Nothing that it protects outlives the preview.
    PULUMI_CONFIG_PASSPHRASE: "preview",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_ERROR_OUTPUT_STRING: "true",
    ...withoutVersionWarning,
    // Lets it write its events to a file, as the Automation API does.
    PULUMI_DEBUG_COMMANDS: "true",
  };
}

/** @throws Error that lists the stacks with a config, when this one has none */
export function readStackFile(checkout: string, stack: string): string {
  try {
    return readFileSync(join(checkout, `Pulumi.${stack}.yaml`), "utf8");
  } catch {
    const known = readdirSync(checkout).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
    throw new Error(`There is no Pulumi.${stack}.yaml. Stacks with a config here: ${known.join(", ")}.`);
  }
}

/** Port 1 of this machine: refused at once, and never somebody's cluster. */
const kubeconfigToNowhere = stringify({
  apiVersion: "v1",
  kind: "Config",
  clusters: [{ name: "nowhere", cluster: { server: "https://127.0.0.1:1" } }],
  users: [{ name: "nowhere", user: {} }],
  contexts: [{ name: "nowhere", context: { cluster: "nowhere", user: "nowhere" } }],
  "current-context": "nowhere",
});
