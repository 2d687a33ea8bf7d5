import { InvalidArgumentError, Option } from "commander";
import type { Command } from "commander";

import type { LabLayout } from "../cluster/layout.ts";

interface CreateOptions {
  user: string;
  template?: string;
  gpu?: "0" | "1";
  home: boolean;
  timeout?: string;
  wait?: true;
}

/** Adds `session` and what can be done with sessions. */
export function addSessionCommand(program: Command, layout: LabLayout): void {
  const actions = () => import("../commands/session.ts");
  const session = program.command("session").description("make, see, change and open desktops");

  session
    .command("create")
    .description("make a session; without a name one is made up")
    .argument("[name]")
    .requiredOption("--user <name>", "who it is for, for example alice@example.com")
    .option("--template <name>", "a VDITemplate; by default one that takes a slice of a GPU, if there is one")
    .addOption(new Option("--gpu <count>", "slices of a GPU; by default what the template says").choices(["0", "1"]))
    .option("--no-home", "without the user's home volume")
    .option("--timeout <span>", "longest life, for example 30m", timeSpan)
    .option("--wait", "until its desktop is ready, a minute at most")
    .action(async (name: string | undefined, { gpu, wait, ...rest }: CreateOptions) =>
      (await actions()).create(
        layout,
        { ...rest, ...(name !== undefined && { name }), ...(gpu !== undefined && { gpu: Number(gpu) }) },
        wait ?? false,
      ),
    );
  session
    .command("list")
    .alias("ls")
    .description("all sessions, with the reason for what each is")
    .action(async () => (await actions()).list(layout));
  session
    .command("watch")
    .description("tell of each change until Ctrl-C")
    .action(async () => (await actions()).watch(layout));
  session
    .command("delete")
    .description("end a session; the user's home stays unless the session says otherwise")
    .argument("<name>")
    .action(async (name: string) => (await actions()).remove(layout, name));
  session
    .command("suspend")
    .description("stop the desktop and keep the home")
    .argument("<name>")
    .action(async (name: string) => (await actions()).setState(layout, name, "Suspended"));
  session
    .command("resume")
    .description("start the desktop again")
    .argument("<name>")
    .action(async (name: string) => (await actions()).setState(layout, name, "Running"));
  session
    .command("link")
    .description("ask the operator for a link that opens the desktop, as a portal does")
    .argument("<name>")
    .action(async (name: string) => (await actions()).link(layout, name));
}

function timeSpan(text: string): string {
  if (!/^(\d+[hms])+$/.test(text)) throw new InvalidArgumentError("Write for example 30m, 8h or 1h30m.");
  return text;
}
