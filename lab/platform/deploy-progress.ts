import { stripVTControlCharacters } from "node:util";
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";

interface RunningStep {
  /** Milliseconds since the epoch. */
  startedAt: number;
  /** What the provider last said it waits for. */
  note?: string;
}

/** What an `up` is doing right now, folded from the engine's events. */
export class DeployProgress {
  /** Resources created, updated, replaced or deleted so far. */
  changed = 0;
  /** Resources that were as they should be. */
  unchanged = 0;
  /** Warnings and errors, one line each, with the resource's name in front. */
  readonly problems: string[] = [];
  readonly #running = new Map<string, RunningStep>();

  fold(event: EngineEvent, now: number): void {
    const step = event.resourcePreEvent?.metadata;
    if (step && isWork(step.op)) this.#running.set(step.urn, { startedAt: now });
    const done = event.resOutputsEvent?.metadata;
    if (done) {
      if (isWork(done.op)) this.changed += 1;
      else this.unchanged += 1;
      this.#running.delete(done.urn);
    }
    const failed = event.resOpFailedEvent?.metadata;
    if (failed) this.#running.delete(failed.urn);
    if (event.diagnosticEvent) this.#hear(event.diagnosticEvent);
  }

  /** One line for a person: what is finished, and what the longest-running steps wait for. */
  line(now: number): string {
    const finished = `${this.changed} changed, ${this.unchanged} unchanged`;
    const waiting = [...this.#running]
      .filter(([urn]) => !isParent(urn))
      .slice(0, 2)
      .map(([urn, step]) => {
        const seconds = Math.round((now - step.startedAt) / 1000);
        return `${resourceName(urn)} (${seconds} s)${step.note ? `: ${step.note}` : ""}`;
      });
    return [finished, ...waiting].join("; ");
  }

  #hear(diagnostic: NonNullable<EngineEvent["diagnosticEvent"]>): void {
    const message = stripVTControlCharacters(diagnostic.message.replace(/<\{%.*?%\}>/g, "")).trim();
    if (!message) return;
    const step = diagnostic.urn ? this.#running.get(diagnostic.urn) : undefined;
    if (step) step.note = message.split("\n")[0];
    if (diagnostic.ephemeral || !["warning", "error"].includes(diagnostic.severity)) return;
    this.problems.push(diagnostic.urn ? `${resourceName(diagnostic.urn)}: ${message}` : message);
  }
}

/** `urn:pulumi:stack::project::type::name` -> `name`. */
export function resourceName(urn: string): string {
  return urn.split("::").at(-1) ?? urn;
}

// Reads look at what others own.
function isWork(operation: string): boolean {
  return operation !== "same" && operation !== "read";
}

// The stack and the components have no work of their own: their steps last as long as their children's.
function isParent(urn: string): boolean {
  const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
  return type.startsWith("kasm:") || type === "pulumi:pulumi:Stack";
}
