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
          task.title = `${title}: ${await run(context, (line) => (task.output = line))}`;
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
