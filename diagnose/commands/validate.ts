import { Option } from "commander";
import type { Command } from "commander";
import { checklistOf } from "../../analyzers/checklist/checklist.ts";
import { Cluster } from "../../analyzers/cluster.ts";
import { entryPointOf, probeWebUi } from "../probes/web-ui.ts";
import { checklistDocument, checklistExitCode, renderChecklist } from "../render/checklist.ts";
import { takeSnapshot, withClusterOptions } from "./cluster-options.ts";
import type { ClusterOptions } from "./cluster-options.ts";
import { terminalOf } from "./output.ts";

interface Options extends ClusterOptions {
  readonly namespace: string;
  readonly output: "table" | "json";
  readonly probe: boolean;
}

export function addValidate(program: Command): void {
  withClusterOptions(program.command("validate"))
    .description("Go through the checklist after an installation: pods, services, claims, ingress, web UI")
    .option("-n, --namespace <name>", "Kasm's namespace", "kasm")
    .option("--from <path>", "a snapshot, or files of `kubectl get -o yaml`, instead of a cluster")
    .option("--no-probe", "do not ask for the web UI")
    .addOption(new Option("-o, --output <format>", "format").choices(["table", "json"]).default("table"))
    .action(async (options: Options) => {
      const { namespace, output, probe, timeout, from } = options;
      const snapshot = await takeSnapshot(options);
      const seen = new Cluster(snapshot);
      const asks = probe && from === undefined;
      const probes = asks ? await probeWebUi(seen, namespace, entryPointOf(seen), Math.min(timeout, 10) * 1_000) : [];
      const items = checklistOf(new Cluster({ ...snapshot, probes: [...snapshot.probes, ...probes] }), namespace);
      process.stdout.write(
        output === "json"
          ? checklistDocument("ValidationReport", items)
          : renderChecklist(items, terminalOf(process.stdout)),
      );
      process.exitCode = checklistExitCode(items);
    });
}
