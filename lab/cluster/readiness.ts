import { readFileSync } from "node:fs";
import { get as httpGet } from "node:http";
import { get as httpsGet } from "node:https";

/** How a component says that it is ready. */
export type Probe =
  | {
      kind: "https";
      url: string;
      authorityFile: string;
      client?: { certificateFile: string; keyFile: string };
    }
  | { kind: "http"; url: string }
  /** For a process that does not listen: a line of its own log. */
  | { kind: "log-line"; matches: RegExp };

/** Undefined when ready, else why not, as the component itself says it. */
export async function whyNotReady(probe: Probe, logFile: string, timeoutMs = 2_000): Promise<string | undefined> {
  if (probe.kind === "log-line") {
    return probe.matches.test(textOf(logFile)) ? undefined : "has not said in its log that it is ready";
  }
  try {
    const { status, body } = await answer(probe, timeoutMs);
    return status === 200 ? undefined : `${probe.url} says ${status}: ${failedChecks(body)}`;
  } catch (error) {
    return `${probe.url}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

// The answer lists every check, `[+]name ok` or `[-]name failed`: only the failed ones tell something.
function failedChecks(body: string): string {
  const failed = body.split("\n").filter((line) => line.startsWith("[-]"));
  return (failed.length > 0 ? failed.join(", ") : body).trim();
}

function answer(
  probe: Extract<Probe, { url: string }>,
  timeoutMs: number,
): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const request = (probe.kind === "https" ? httpsGet : httpGet)(
      probe.url,
      { ...tlsOptions(probe), agent: false, timeout: timeoutMs },
      (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (body += chunk));
        response.on("end", () => resolve({ status: response.statusCode, body }));
        response.on("error", reject);
      },
    );
    request.on("timeout", () => request.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    request.on("error", reject);
  });
}

function tlsOptions(probe: Extract<Probe, { url: string }>): { ca?: Buffer; cert?: Buffer; key?: Buffer } {
  if (probe.kind === "http") return {};
  const { client } = probe;
  return {
    ca: readFileSync(probe.authorityFile),
    ...(client && { cert: readFileSync(client.certificateFile), key: readFileSync(client.keyFile) }),
  };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
