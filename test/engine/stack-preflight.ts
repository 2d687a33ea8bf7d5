import { join } from "node:path";
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { type ResultPromise, execa } from "execa";
import { preflightInput } from "../../components/preflight/values.ts";
import { vendoredCrds } from "../../components/vdi-operator/crds.ts";
import { loadConfig } from "../../stacks/config.ts";
import { checkout } from "./lab-stack.ts";

/** INPUT of commands/preflight.ts, the mode apart. */
export type PreflightInput = ReturnType<typeof preflightInput>;

/** What the stack `lab` would ask by its file as it is now, without patience for what may settle. */
export function stackPreflightInput(): PreflightInput {
  const { config } = parse(readFileSync(join(checkout, "Pulumi.lab.yaml"), "utf8")) as {
    config: Record<string, unknown>;
  };
  const crds = vendoredCrds().map(({ name }) => name);
  return { ...preflightInput({ ...loadConfig(config), crds }), timeoutSeconds: 0 };
}

/** Runs the checks as `up` does before it installs anything. */
export function runPreflight(
  input: Partial<PreflightInput> & { mode: "enforce" | "warn" },
  env: Record<string, string> = {},
): ResultPromise<{ reject: false; env: Record<string, string> }> {
  const script = join(checkout, "commands", "preflight.ts");
  return execa("node", [script], { reject: false, env: { INPUT: JSON.stringify(input), ...env } });
}

/** Lines of the failures that preflight told. */
export function toldFailures(stderr: string): string[] {
  return stderr.split("\n").flatMap((line) => (line.startsWith("  - ") ? [line.slice(4)] : []));
}
