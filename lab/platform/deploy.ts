import type { OutputMap, Stack } from "@pulumi/pulumi/automation/index.js";
import { DeployProgress } from "./deploy-progress.ts";

export interface Deployment {
  outputs: OutputMap;
  changed: number;
  unchanged: number;
  /** Warnings that the run gave; a deployment with errors throws instead. */
  warnings: string[];
}

/** The `up` ended with errors; the message lists them as the engine and the providers gave them. */
export class DeployError extends Error {
  override readonly name = "DeployError";
}

/** Runs `pulumi up` on the real engine; `onProgress` gets a new line at least every second. */
export async function deploy(
  stack: Stack,
  onProgress: (line: string) => void,
  signal?: AbortSignal,
): Promise<Deployment> {
  const progress = new DeployProgress();
  const show = () => onProgress(progress.line(Date.now()));
  const timer = setInterval(show, 1000);
  try {
    const result = await stack.up({
      onEvent: (event) => {
        progress.fold(event, Date.now());
        show();
      },
      ...(signal ? { signal } : {}),
    });
    return {
      outputs: result.outputs,
      changed: progress.changed,
      unchanged: progress.unchanged,
      warnings: progress.problems,
    };
  } catch (error) {
    const reasons =
      progress.problems.length > 0 ? progress.problems : [error instanceof Error ? error.message : String(error)];
    throw new DeployError(reasons.join("\n"), { cause: error });
  } finally {
    clearInterval(timer);
  }
}
