import { execa } from "execa";
import { objectsOf, refText } from "../../analyzers/finding.ts";
import type { Finding } from "../../analyzers/finding.ts";
import { headOf, placedFindings } from "../render/findings.ts";
import type { Report } from "../report.ts";
import type { SafeStep } from "./steps.ts";

/** What applying needs of the world. */
export interface Hands {
  /** Asks a question that is answered with yes or no. */
  readonly ask: (question: string) => Promise<boolean>;
  /** Runs a program with arguments; resolves with what it said, rejects where it failed. */
  readonly run: (words: readonly string[]) => Promise<string>;
  /** What is wrong now. */
  readonly diagnose: () => Promise<Report>;
  readonly pause: (seconds: number) => Promise<void>;
  readonly say: (line: string) => void;
}

const looks = { times: 6, apartSeconds: 5 };

/**
 * Takes the steps that get a yes, one after the other, and looks after each whether its finding is gone. Controllers need a moment:
 * it looks several times.
 *
 * @returns what is wrong at the end
 */
export async function applySteps(steps: readonly SafeStep[], before: Report, hands: Hands): Promise<Report> {
  let report = before;
  for (const { finding, text, command, words } of steps) {
    if (!isIn(report, finding)) continue;
    hands.say(`${headOf(finding)}: ${finding.problem}`);
    if (!(await hands.ask(`${text}\n  $ ${command}\nRun it?`))) continue;
    try {
      hands.say(await hands.run(words));
    } catch (error) {
      hands.say(`It failed: ${error instanceof Error ? error.message : String(error)}`);
      continue;
    }
    for (let time = 0; time < looks.times; time++) {
      if (time > 0) await hands.pause(looks.apartSeconds);
      report = await hands.diagnose();
      if (!isIn(report, finding)) break;
    }
    hands.say(isIn(report, finding) ? `${headOf(finding)} is still there.` : `${headOf(finding)} is gone.`);
  }
  return report;
}

/** Runs one program of a fix on the cluster that was looked at. */
export async function runOnCluster(
  words: readonly string[],
  { kubeconfig, context }: { kubeconfig?: string; context?: string },
): Promise<string> {
  const [program = "", ...rest] = words;
  const flag = program === "helm" ? "--kube-context" : "--context";
  const { all } = await execa(program, [...(context === undefined ? [] : [`${flag}=${context}`]), ...rest], {
    all: true,
    env: kubeconfig === undefined ? {} : { KUBECONFIG: kubeconfig },
    stdin: "ignore",
  });
  return all;
}

/** Also at a part of the objects that it was found at. */
function isIn({ roots }: Report, wanted: Finding): boolean {
  const objects = new Set(objectsOf(wanted).map(refText));
  return placedFindings(roots).some(
    ({ finding }) => finding.code === wanted.code && objectsOf(finding).some((it) => objects.has(refText(it))),
  );
}
