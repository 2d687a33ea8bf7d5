import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { type ResultPromise, execa } from "execa";
import { parse, stringify } from "yaml";
import { labStackFile } from "../../lab/platform/stack-config.ts";

export const checkout = join(import.meta.dirname, "..", "..");

const stackFile = labStackFile(checkout);

/** A command of the engine, at work. */
export type Run = ResultPromise<{ reject: false; all: true }>;

/** Values by full key, as in a stack's file. */
export type StackValues = Record<string, unknown>;

/** The stack `lab` of this checkout; the simulated machines follow its file. */
export class LabStack {
  readonly #original = readFileSync(stackFile, "utf8");

  /** Changes the file's config in place. */
  edit(change: (config: StackValues) => void): void {
    const file = parse(readFileSync(stackFile, "utf8")) as { config: StackValues };
    change(file.config);
    writeFileSync(stackFile, stringify(file));
  }

  /** Puts the file back as it was at the start. */
  restore(): void {
    writeFileSync(stackFile, this.#original);
  }

  pulumi(...args: string[]): Run {
    const all = [...args, "--non-interactive", "--stack", "lab"];
    return execa("pulumi", all, { cwd: checkout, reject: false, all: true });
  }

  /** Runs a command that must succeed. */
  async run(...args: string[]): Promise<void> {
    await succeeds(this.pulumi(...args));
  }

  up(): Promise<void> {
    return this.run("up", "--yes", "--skip-preview");
  }

  destroy(): Promise<void> {
    return this.run("destroy", "--yes", "--skip-preview");
  }

  hasNothingToDo(): Promise<void> {
    return this.run("preview", "--expect-no-changes");
  }

  /** What a preview would do, by resource name; a replacement is one entry. Reads are no change. */
  async changes(): Promise<Record<string, string>> {
    const { stdout, all } = await this.pulumi("preview", "--json");
    expect(stdout, all).to.match(/^{/);
    const { steps } = JSON.parse(stdout) as { steps: { op: string; urn: string }[] };
    const isOwn = ({ op }: { op: string }) => !["same", "read", "create-replacement", "delete-replaced"].includes(op);
    return Object.fromEntries(steps.filter(isOwn).map(({ op, urn }) => [urn.split("::").at(-1)!, op]));
  }
}

export async function succeeds(run: Run): Promise<void> {
  const { exitCode, all } = await run;
  expect(exitCode, all).to.equal(0);
}
