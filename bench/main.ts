import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { ExecaError } from "execa";
import { labLayout } from "../lab/cluster/layout.ts";
import type { Arrivals } from "./arrivals.ts";
import { benchDesktop } from "./desktop.ts";
import { benchDiagnose } from "./diagnose.ts";
import { benchLeader } from "./leader.ts";
import { benchPortal } from "./portal.ts";
import { benchPreview } from "./preview.ts";
import { benchScale } from "./scale.ts";
import { benchSessions } from "./sessions.ts";
import { benchUp } from "./up.ts";
import { benchWaiting } from "./waiting.ts";

/** `npm run bench`: each benchmark prints one line of JSON; progress goes to stderr. */

const layout = labLayout(join(import.meta.dirname, ".."));
const say = (line: string) => console.error(line);

const program = new Command("npm run bench --").description("Benchmarks, each beside a peer in the same run");

program
  .command("preview")
  .description("offline `pulumi preview` of the whole prod stack beside an empty program")
  .option("--runs <count>", "how often", wholeNumber, 5)
  .action(async ({ runs }: { runs: number }) => print(await benchPreview(layout.checkout, runs, say)));

program
  .command("portal")
  .description(
    "the portal's bundle: its page in a browser, event latency, memory with many open pages; the lab has to run",
  )
  .option("--visits <count>", "of a browser", wholeNumber, 20)
  .option("--streams <count>", "pages that are told of each change", wholeNumber, 200)
  .option("--changes <count>", "how often", wholeNumber, 50)
  .option("--open <count>", "pages that are open", wholeNumber, 1_000)
  .action(async (options: { visits: number; streams: number; changes: number; open: number }) =>
    print(await benchPortal(layout, { ...options, say })),
  );

program
  .command("up")
  .description("`pulumi up` of the lab's stack beside `helm install` and `kubectl apply` of the same objects")
  .option("--pairs <count>", "how often", wholeNumber, 3)
  .action(async ({ pairs }: { pairs: number }) => print(await benchUp(layout, pairs, say)));

program
  .command("sessions")
  .description("cold starts of sessions beside a plain script that makes the same objects; the lab has to run")
  .option("--rates <list>", "sessions per second, and how many", arrivalsList, arrivalsList("1x30,20x200,100x500"))
  .option("--homes", "with a home volume for each user", false)
  .option("--node-options <list>", "options of the operator's Node", (text) => text.split(" "), [])
  .action(async (options: { rates: Arrivals[]; homes: boolean; nodeOptions: string[] }) =>
    print(await benchSessions(layout, { ...options, warm: false, say })),
  );

program
  .command("warm")
  .description("the same with a pool that holds a started desktop for each session")
  .option("--rates <list>", "sessions per second, and how many", arrivalsList, arrivalsList("1x20,20x100"))
  .option("--node-options <list>", "options of the operator's Node", (text) => text.split(" "), [])
  .action(async (options: { rates: Arrivals[]; nodeOptions: string[] }) =>
    print(await benchSessions(layout, { ...options, homes: false, warm: true, say })),
  );

program
  .command("waiting")
  .description("many sessions of one user that wait for one home, beside other users' starts; the lab has to run")
  .option("--waiting <count>", "how many", Number, 2_000)
  .option("--node-options <list>", "options of the operator's Node", (text) => text.split(" "), [])
  .action(async (options: { waiting: number; nodeOptions: string[] }) =>
    print(await benchWaiting(layout, { ...options, say })),
  );

program
  .command("scale")
  .description("one operator with 1,000 and 10,000 sessions that run, on a control plane of its own")
  .option("--sessions <list>", "how many, in rising order", (text) => text.split(",").map(Number), [1_000, 10_000])
  .option("--largest", "each with as much metadata as admission lets it have", false)
  .option("--node-options <list>", "options of the operator's Node", (text) => text.split(" "), [])
  .action(async (options: { sessions: number[]; largest: boolean; nodeOptions: string[] }) =>
    print(await benchScale(layout, { ...options, say })),
  );

program
  .command("desktop")
  .description(
    "real desktops from creation to a picture beside their programs alone; the lab has to run, with desktops",
  )
  .option("--runs <count>", "how often", wholeNumber, 5)
  .action(async ({ runs }: { runs: number }) => print(await benchDesktop(layout, runs, say)));

program
  .command("leader")
  .description(
    "how long nobody leads after the leader of two operators was killed, and told to end; the lab has to run",
  )
  .option("--runs <count>", "how often each", wholeNumber, 3)
  .action(async ({ runs }: { runs: number }) => print(await benchLeader(layout, runs, say)));

program
  .command("diagnose")
  .description("the diagnosis of a large cluster that a server on loopback serves: time, memory, requests and bytes")
  .option("--runs <count>", "how often", wholeNumber, 5)
  .option("--failures <count>", "pods whose image cannot be pulled", Number, 0)
  .action(async ({ runs, failures }: { runs: number; failures: number }) =>
    print(await benchDiagnose(layout.checkout, { nodes: 100, pods: 5_000, events: 20_000, failures }, runs, say)),
  );

try {
  await program.parseAsync();
} catch (error) {
  console.error(error instanceof ExecaError ? error.message : error);
  process.exitCode = 1;
}

function print(figures: object): void {
  console.log(JSON.stringify(figures));
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError("must be a whole number from 1 to 9999");
  return Number(text);
}

/** `20x200`: 20 a second, 200 in all. */
function arrivalsList(text: string): Arrivals[] {
  return text.split(",").map((item) => {
    const [, perSecond, count] = /^([1-9]\d{0,3})x([1-9]\d{0,3})$/.exec(item) ?? [];
    if (count === undefined) throw new InvalidArgumentError("must be like 1x30,20x200: 20 a second, 200 in all");
    return { perSecond: Number(perSecond), count: Number(count) };
  });
}
