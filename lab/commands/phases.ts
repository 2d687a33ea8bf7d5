import { Listr, PRESET_TIMER } from "listr2";
import type { ListrTask } from "listr2";

/** One step of `up`: what it is called, what it does to the context, and what it says when it is done. */
export interface Phase<Context> {
  title: string;
  /** @param report shows what is going on right now, one line at a time */
  run: (context: Context, report: (line: string) => void) => Promise<string>;
}

/** Phases that need nothing of each other: each lane runs in order, all lanes at once. */
export interface Lanes<Context> {
  title: string;
  lanes: readonly (readonly Phase<Context>[])[];
}

const options = {
  registerSignalListeners: false,
  rendererOptions: { timer: PRESET_TIMER, collapseErrors: false, collapseSubtasks: false },
  fallbackRendererOptions: { timer: PRESET_TIMER },
};

/** Runs the phases in order with their times: a live list on a terminal, plain lines elsewhere. */
export async function runPhases<Context>(
  phases: readonly (Phase<Context> | Lanes<Context>)[],
  context: Context,
): Promise<void> {
  const failures: unknown[] = [];
  const taskOf = ({ title, run }: Phase<Context>): ListrTask => ({
    title,
    task: async (_, task) => {
      try {
        const report = (line: string) => (task.output = line);
        task.title = `${title}: ${await run(context, process.stdout.isTTY ? report : sparing(report))}`;
      } catch (error) {
        failures.push(error);
        // The renderers squeeze a message into one line; the caller prints it whole.
        throw new Error("see below", { cause: error });
      }
    },
  });
  const lanesOf = ({ title, lanes }: Lanes<Context>): ListrTask => ({
    title,
    task: (_, task) => {
      const all = lanes.map((lane) => inOrder(lane.map(taskOf)));
      return task.newListr(all, { concurrent: true });
    },
  });
  const list = new Listr(
    phases.map((phase) => ("lanes" in phase ? lanesOf(phase) : taskOf(phase))),
    options,
  );
  try {
    await list.run();
  } catch (error) {
    throw failures[0] ?? error;
  }
}

/** The tasks one after the other, as one task without a line of its own. */
function inOrder(tasks: ListrTask[]): ListrTask {
  return { task: (_, task) => task.newListr(tasks, { concurrent: false }) };
}

/** Lets a line through when it says something new, or after 15 s: a log is no place for a clock. */
export function sparing(report: (line: string) => void, now: () => number = Date.now): (line: string) => void {
  let last = { news: "", at: -Infinity };
  return (line) => {
    const news = line.replace(/\d+/g, "");
    if (news === last.news && now() - last.at < 15_000) return;
    last = { news, at: now() };
    report(line);
  };
}
