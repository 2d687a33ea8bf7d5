import { dirname } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { closest } from "fastest-levenshtein";

import { labLayout } from "./cluster/layout.ts";
import { packagedNames } from "./k3s/packaged-components/names.ts";
import type { PackagedName } from "./k3s/packaged-components/names.ts";
import { addSessionCommand } from "./session/command.ts";

const layout = labLayout(dirname(import.meta.dirname));

// Each command loads its own code: `env` and `status` answer without the client libraries that `up` needs.
const program = new Command("lab")
  .description("A Kubernetes control plane on this machine with simulated nodes, for this checkout alone.")
  .option("--debug", "show stack traces of errors");

program
  .command("up", { isDefault: true })
  .description("start what does not run, install the platform (the default)")
  .option(
    "--charts <folder>",
    "install the charts in this folder from now on, folders or archives, instead of stand-ins",
  )
  .action(async (options: { charts?: string }) => {
    process.once("SIGINT", () => {
      console.error("\nInterrupted. What was started is recorded: `npm run lab` goes on, `npm run lab down` stops it.");
      process.exit(130);
    });
    await (await import("./commands/up.ts")).up(layout, options);
  });

program
  .command("down")
  .description("stop every process of the lab; data stays")
  .action(async () => (await import("./commands/down.ts")).down(layout));

program
  .command("desktop")
  .description("run a desktop that a browser can open, by processes of this machine; starts the lab if need be (Linux)")
  .option("--user <name>", "who it is for", "you@example.com")
  .option("--template <name>", "a VDITemplate of runtime selkies-v2", "selkies")
  .option("--open", "open it in the browser")
  .action(async (options: { user: string; template: string; open?: true }) =>
    (await import("./commands/desktop.ts")).desktop(layout, options),
  );

program
  .command("status")
  .description("what each component does; exit code 0 when all are ready, else 3")
  .option("--json", "print JSON instead of a table")
  .action(async (options: { json?: true }) => (await import("./commands/status.ts")).printStatus(layout, options));

program
  .command("env")
  .description('shell exports: eval "$(npm run -s lab env)"')
  .action(async () => (await import("./commands/env.ts")).printEnv(layout));

program
  .command("reset")
  .description("stop the lab and remove its data; tools and plugins stay")
  .action(async () => (await import("./commands/reset.ts")).reset(layout));

program
  .command("k3s-restart")
  .description("do what a restart of the K3s server does to its packaged components")
  .addOption(
    new Option("--disable <component...>", "start it without these, until its next start").choices(packagedNames),
  )
  .action(async (options: { disable?: PackagedName[] }) =>
    (await import("./commands/k3s-restart.ts")).restartK3s(layout, options.disable ?? []),
  );

addSessionCommand(program, layout);

program
  .command("break")
  .description("provoke a known failure, to see the diagnosis find it; without a name, list all")
  .argument("[name]")
  .action(async (name: string | undefined) => (await import("./commands/faults.ts")).breakLab(layout, name));

program
  .command("mend")
  .description("undo what `break` did")
  .argument("[name]")
  .action(async (name: string | undefined) => (await import("./commands/faults.ts")).mendLab(layout, name));

program
  .command("logs")
  .description("show the log of a component")
  .argument("<component>", "as `status` names it")
  .option("-n, --lines <count>", "how many lines from the end", wholeNumber, 50)
  .option("-f, --follow", "go on as the log grows")
  .action(async (name: string, options: { lines: number; follow?: true }) =>
    (await import("./commands/logs.ts")).showLogs(layout, name, options),
  );

try {
  refuseUnknownCommand(process.argv[2]);
  await program.parseAsync();
} catch (error) {
  const showsStack = program.opts<{ debug?: true }>().debug;
  console.error(error instanceof Error ? (showsStack ? error.stack : error.message) : String(error));
  process.exit(1);
}

// A default command would take it for an argument of its own, and complain about that.
function refuseUnknownCommand(word: string | undefined): void {
  const names = [...program.commands.map((command) => command.name()), "help"];
  if (word === undefined || word.startsWith("-") || names.includes(word)) return;
  throw new Error(
    `There is no lab command ${word}. Did you mean ${closest(word, names)}? \`npm run lab help\` lists all.`,
  );
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("Give a whole number.");
  return Number(text);
}
