import { Option } from "commander";
import type { Command } from "commander";
import { analyzers } from "../../analyzers/all.ts";
import { Cluster } from "../../analyzers/cluster.ts";
import { focusedOn, objectOf } from "../focus.ts";
import { probed, withProbeOptions } from "../probes/probed.ts";
import type { ProbeOptions } from "../probes/probed.ts";
import { renderers } from "../render/render.ts";
import { reportOn } from "../report.ts";
import { takeSnapshot, withClusterOptions } from "./cluster-options.ts";
import type { ClusterOptions } from "./cluster-options.ts";

interface Options extends ClusterOptions, ProbeOptions {
  readonly output: string;
  readonly namespace?: string;
}

export function addDiagnose(program: Command): void {
  withProbeOptions(withClusterOptions(program.command("diagnose")))
    .description("Name the root causes of what does not work, with evidence and fix")
    .argument("[object]", "only what concerns it: `pod/x`, `vdi/alice`, `deployment/kasm-proxy-default`")
    .option("-n, --namespace <name>", "namespace of the object")
    .option("--from <path>", "a snapshot, or files of `kubectl get -o yaml`, instead of a cluster")
    .addOption(new Option("-o, --output <format>", "format").choices(Object.keys(renderers)).default("table"))
    .action(async (object: string | undefined, options: Options) => {
      const cluster = new Cluster(await probed(await takeSnapshot(options), options));
      const whole = reportOn(cluster, analyzers);
      const report = object === undefined ? whole : focusedOn(whole, objectOf(cluster, object, options.namespace));
      const { stdout } = process;
      const color = stdout.isTTY && !process.env["NO_COLOR"] && process.env["TERM"] !== "dumb";
      stdout.write(renderers[options.output]?.(report, { color, width: stdout.isTTY ? stdout.columns : 80 }) ?? "");
      process.exitCode = report.summary.exitCode;
    });
}
