import { setTimeout as sleep } from "node:timers/promises";
import { sentenceOf } from "../error-sentence.ts";
import { exitCodes } from "../report.ts";
import type { Report } from "../report.ts";
import { refText } from "../../analyzers/finding.ts";
import { watchReport } from "../watch.ts";

const apartSeconds = 3;

/** Diagnoses until nothing is wrong, or until the time is over. Says on standard error what it still waits for. */
export async function diagnoseUntilHealthy<T extends { readonly report: Report }>(
  diagnose: () => Promise<T>,
  seconds: number,
): Promise<T> {
  const deadline = Date.now() + seconds * 1_000;
  let told = "";
  for (;;) {
    const seen = await diagnose();
    const { summary, roots } = seen.report;
    if (summary.exitCode === exitCodes.healthy || Date.now() + apartSeconds * 1_000 > deadline) return seen;
    const names = roots.map(({ finding }) => `${finding.code} ${refText(finding.object)}`);
    const waitsFor = names.length > 0 ? names.join(", ") : "kinds that could not be read";
    if (waitsFor !== told) console.error(`Waiting for: ${waitsFor}`);
    told = waitsFor;
    await sleep(apartSeconds * 1_000);
  }
}

/** Prints what changes until Ctrl-C. */
export async function watchUntilInterrupted(
  first: Report,
  diagnose: () => Promise<Report>,
  everySeconds: number,
): Promise<Report> {
  const interrupted = new AbortController();
  process.once("SIGINT", () => interrupted.abort());
  process.once("SIGTERM", () => interrupted.abort());
  return watchReport(first, {
    diagnose,
    sentenceOf,
    say: (line) => console.log(line),
    pause: () =>
      sleep(everySeconds * 1_000, true, { signal: interrupted.signal }).catch((error: unknown) => {
        if (interrupted.signal.aborted) return false;
        throw error;
      }),
  });
}
