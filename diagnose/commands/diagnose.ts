import { Option } from "commander";
import type { Command } from "commander";
import { analyzers } from "../../analyzers/all.ts";
import { Cluster } from "../../analyzers/cluster.ts";
import { fixScript } from "../fix/steps.ts";
import { focusedOn, objectOf } from "../focus.ts";
import { probed, withProbeOptions } from "../probes/probed.ts";
import type { ProbeOptions } from "../probes/probed.ts";
import { failingOn, reportOn } from "../report.ts";
import type { Report } from "../report.ts";
import { disabledCheck, everything, suppressionOf } from "../selection.ts";
import type { Selection } from "../selection.ts";
import { UsageError } from "../usage-error.ts";
import { applyFixes } from "./apply-fixes.ts";
import { duration, takeSnapshot, withClusterOptions } from "./cluster-options.ts";
import type { ClusterOptions } from "./cluster-options.ts";
import { printReport, withOutputOptions } from "./output.ts";
import type { OutputOptions } from "./output.ts";
import { diagnoseUntilHealthy, watchUntilInterrupted } from "./repeated.ts";

interface Options extends ClusterOptions, OutputOptions, ProbeOptions {
  readonly namespace?: string;
  readonly watch?: true | number;
  readonly wait?: number;
  readonly fix?: true;
  readonly apply?: true;
  readonly yes?: true;
  readonly failOn: "warn" | "fail";
  readonly disableCheck: readonly string[];
  readonly suppress: readonly string[];
}

/** What was seen, and what is wrong with it. */
export interface Diagnosis {
  readonly cluster: Cluster;
  readonly report: Report;
}

export function addDiagnose(program: Command): void {
  withProbeOptions(withOutputOptions(withClusterOptions(program.command("diagnose"))))
    .description("Name the root causes of what does not work, with evidence and fix")
    .argument("[object]", "only what concerns it: `pod/x`, `vdi/alice`, `deployment/kasm-proxy-default`")
    .option("-n, --namespace <name>", "namespace of the object")
    .option(
      "--from <path>",
      "instead of a cluster: a snapshot, files of `kubectl get -o yaml`, or a log of `pulumi up` or `helm`",
    )
    .option(
      "-w, --watch [seconds]",
      "look again every 5 seconds, or as many, and tell what changed, until Ctrl-C",
      duration,
    )
    .option("--wait <duration>", "look again until all is well, at most so long: 5m", duration)
    .option("--fix", "print the commands of the fixes instead of a report; those that are not safe as comments")
    .option("--apply", "with --fix: run the safe ones, each after a yes, and see whether its finding is gone")
    .option("-y, --yes", "with --apply: do not ask")
    .addOption(
      new Option("--fail-on <level>", "the least for an exit code other than 0")
        .choices(["warn", "fail"])
        .default("warn"),
    )
    .option("--disable-check <name>", "an area or a code that is not looked at; may be repeated", collected, [])
    .option("--suppress <finding>", "leave out, as CODE=Kind namespace/name, with `*`; may be repeated", collected, [])
    .action(diagnose);
}

async function diagnose(object: string | undefined, options: Options): Promise<void> {
  refuseCombinations(options);
  const selection = selectionOf(options);
  const diagnose = async (): Promise<Diagnosis> => {
    const cluster = new Cluster(await probed(await takeSnapshot(options), options));
    const whole = reportOn(cluster, analyzers, selection);
    const report = object === undefined ? whole : focusedOn(whole, objectOf(cluster, object, options.namespace));
    return { cluster, report: failingOn(report, options.failOn) };
  };
  const seen = options.wait === undefined ? await diagnose() : await diagnoseUntilHealthy(diagnose, options.wait);
  process.exitCode = (await showOrFix(seen, diagnose, options)).summary.exitCode;
}

async function showOrFix(
  { cluster, report }: Diagnosis,
  diagnose: () => Promise<Diagnosis>,
  options: Options,
): Promise<Report> {
  if (options.apply) return applyFixes(report, async () => (await diagnose()).report, options);
  if (options.fix) process.stdout.write(fixScript(report));
  else printReport(report, cluster, options);
  if (options.watch === undefined) return report;
  const everySeconds = options.watch === true ? 5 : Math.max(options.watch, 1);
  return watchUntilInterrupted(report, async () => (await diagnose()).report, everySeconds);
}

function refuseCombinations({ from, watch, wait, fix, apply, yes, output }: Options): void {
  if (apply && !fix) throw new UsageError("--apply goes with --fix.");
  if (yes && !apply) throw new UsageError("--yes goes with --fix --apply.");
  if (from !== undefined && (watch !== undefined || wait !== undefined || apply))
    throw new UsageError("--from reads a file, which does not change: --watch, --wait and --apply need a cluster.");
  if (watch !== undefined && output !== "table" && output !== "short")
    throw new UsageError(`--watch prints lines as things change: it goes with -o table or short, not ${output}.`);
  if (watch !== undefined && fix) throw new UsageError("--watch does not go with --fix.");
}

function selectionOf({ disableCheck, suppress }: Options): Selection {
  if (disableCheck.length + suppress.length === 0) return everything;
  return { disabled: new Set(disableCheck.map(disabledCheck)), suppressions: suppress.map(suppressionOf) };
}

function collected(value: string, before: readonly string[]): string[] {
  return [...before, value];
}
