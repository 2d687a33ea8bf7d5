import { Listr, PRESET_TIMER } from "listr2";

/** One step of `up`: what it is called, what it does to the context, and what it says when it is done. */
export interface Phase<Context> {
  title: string;
  /** @param report shows what is going on right now, one line at a time */
  run: (context: Context, report: (line: string) => void) => Promise<string>;
}

/** Runs the phases in order with their times: a live list on a terminal, plain lines elsewhere. */
export async function runPhases<Context>(phases: readonly Phase<Context>[], context: Context): Promise<void> {
  let failure: unknown;
  const list = new Listr(
    phases.map(({ title, run }) => ({
      title,
      task: async (_: unknown, task: { title: string; output: string }) => {
        try {
          const report = (line: string) => (task.output = line);
          task.title = `${title}: ${await run(context, process.stdout.isTTY ? report : sparing(report))}`;
        } catch (error) {
          failure = error;
          // The renderers squeeze a message into one line; the caller prints it whole.
          throw new Error("see below", { cause: error });
        }
      },
    })),
    {
      registerSignalListeners: false,
      rendererOptions: { timer: PRESET_TIMER, collapseErrors: false },
      fallbackRendererOptions: { timer: PRESET_TIMER },
    },
  );
  try {
    await list.run();
  } catch (error) {
    throw failure ?? error;
  }
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
