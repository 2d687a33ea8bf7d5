import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import type { Readable, Writable } from "node:stream";
import type { HelmHome } from "./home.ts";
import { redact } from "./redact.ts";

/** helm ended with an error. The message is helm's own last word, without secrets. */
export class HelmError extends Error {}

export interface HelmRun {
  /** Working folder: where relative chart paths begin. */
  cwd?: string;
  /** Values document for `--values -`. */
  input?: string;
  /** Texts that must not show in an error. */
  secrets?: string[];
  signal?: AbortSignal;
}

// helm runs under a guard that ends it when this process ends, however it ends: the guard reads descriptor 4, whose other
// end only we hold. An orphaned helm would go on changing a release that the next run already works on, and its folder with
// the kubeconfig ($0) would stay. SIGTERM lets helm record the release as failed; for that it gets 15 s.
const guarded = `
"$@" <&3 4<&- &
helm=$!
exec 3<&-
{ cat <&4; rm -rf "$0"; kill -TERM $helm; sleep 15; kill -KILL $helm; } >/dev/null 2>&1 &
guard=$!
wait $helm
code=$?
kill $guard 2>/dev/null
exit $code`;

/**
 * Runs the pinned helm (KASM_VDI_TOOL_HELM, else the one on PATH) and returns what it printed.
 * @throws HelmError when it fails; an abort of the signal ends it like a failure.
 */
export async function runHelm(home: HelmHome, parameters: string[], run: HelmRun = {}): Promise<string> {
  const { cwd, input = "", secrets = [], signal } = run;
  signal?.throwIfAborted();
  const helm = process.env["KASM_VDI_TOOL_HELM"] ?? "helm";
  const child = spawn("sh", ["-c", guarded, home.folder, helm, ...parameters], {
    cwd,
    env: home.environment,
    stdio: ["ignore", "pipe", "pipe", "pipe", "pipe"],
  });
  const values = child.stdio[3] as Writable;
  const lifeline = child.stdio[4] as Writable;
  for (const stream of [values, lifeline]) stream.on("error", () => undefined); // helm may end without reading
  values.end(input);
  const cut = (): void => {
    lifeline.destroy();
  };
  signal?.addEventListener("abort", cut, { once: true });
  try {
    // Not "close": that waits for the lifeline too.
    const ended = new Promise<number | null>((resolve, reject) => child.once("error", reject).once("exit", resolve));
    const [code, output, problem] = await Promise.all([
      ended,
      text(child.stdout as Readable),
      text(child.stderr as Readable),
    ]);
    if (code === 0) return output;
    if (code === 127)
      throw new HelmError(`helm was not found as "${helm}": put helm 3.20.2 on PATH or set KASM_VDI_TOOL_HELM`);
    throw new HelmError(redact(lastWord(problem) ?? ending(code), secrets));
  } finally {
    signal?.removeEventListener("abort", cut);
    cut();
  }
}

// Warnings come before the error; the error itself may have several lines.
function lastWord(stderr: string): string | undefined {
  const start = stderr.lastIndexOf("Error: ");
  return start < 0 ? undefined : stderr.slice(start + "Error: ".length).trim();
}

// A shell reports a signal as 128 and its number.
function ending(code: number | null): string {
  return code !== null && code > 128
    ? `helm was ended by signal ${code - 128}`
    : `helm ended with code ${String(code)}`;
}
