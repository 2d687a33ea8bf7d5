import { poll } from "../await/polling.ts";

const patienceSeconds = 60;

/**
 * Reads although the API server may be away for a moment, as when a chart restarts K3s: a release whose record could not
 * be read right after helm made it would be lost to the state. It goes on after a cancel, for the same reason.
 */
export async function readPatiently<T>(read: () => Promise<T>, status: (message: string) => void): Promise<T> {
  const found = await poll(async () => ({ value: await read() }), {
    signal: new AbortController().signal,
    timeoutSeconds: patienceSeconds,
    onOutage: (problem) => {
      status(`The API server is away (${problem}); waiting for it`);
    },
  });
  if (typeof found === "string") throw new Error(`the API server was away for ${patienceSeconds} s`);
  return found.value;
}
