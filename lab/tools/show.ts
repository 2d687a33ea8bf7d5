import { Listr } from "listr2";
import { provideTools, type ProvidedTool, type ProvideOptions, type ToolName } from "./provide.ts";

/** `provideTools` with its progress shown: a live list on a terminal, now and then a line elsewhere; nothing when cached. */
export async function provideShowing<Name extends ToolName>(
  names: readonly Name[],
  options: Omit<ProvideOptions, "onProgress"> & { output: NodeJS.WriteStream },
): Promise<Record<Name, ProvidedTool>> {
  const { output, ...rest } = options;
  const show = output.isTTY ? liveList(names) : progressLines((line) => output.write(`${line}\n`));
  const providing = provideTools(names, { ...rest, onProgress: show.onProgress });
  await show.until(providing);
  return providing;
}

interface Show {
  onProgress: (tool: string, text: string) => void;
  /** Ends when `work` does, whichever way. */
  until: (work: Promise<unknown>) => Promise<void>;
}

/** One line for each new stage of a tool, and one every 15 s while a stage lasts. */
export function progressLines(write: (line: string) => void, now: () => number = Date.now): Show {
  const last = new Map<string, { stage: string; at: number }>();
  return {
    onProgress: (tool, text) => {
      const stage = text.split(",")[0] ?? text;
      const previous = last.get(tool);
      if (previous?.stage === stage && now() - previous.at < 15_000) return;
      last.set(tool, { stage, at: now() });
      write(`${tool}: ${text}`);
    },
    until: async (work) => {
      await work.catch(() => undefined);
    },
  };
}

/** A list with a spinner for each tool that is not there at once. */
function liveList(names: readonly string[]): Show {
  const tell = new Map<string, (text: string) => void>();
  let started: Promise<unknown> | undefined;
  let finished: Promise<unknown> = Promise.resolve();
  const begin = () =>
    new Listr(
      names.map((name) => ({
        title: name,
        task: async (_context: unknown, task: { output: string }) => {
          tell.set(name, (text) => (task.output = text));
          await finished;
        },
      })),
      { concurrent: true, exitOnError: false, rendererOptions: { collapseErrors: false } },
    ).run();
  return {
    onProgress: (tool, text) => {
      started ??= begin();
      tell.get(tool)?.(text);
    },
    until: async (work) => {
      finished = work.catch(() => undefined);
      await finished;
      await started;
    },
  };
}
