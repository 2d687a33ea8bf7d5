import { Option } from "commander";
import type { Command } from "commander";
import { Cluster } from "../../analyzers/cluster.ts";
import { prerequisites } from "../../analyzers/preflight/prerequisites.ts";
import { usefulTools } from "../../analyzers/preflight/tools.ts";
import { resolveBelow, toolsOnPath } from "../../kube/machine.ts";
import { checklistDocument, checklistExitCode, renderChecklist } from "../render/checklist.ts";
import { UsageError } from "../usage-error.ts";
import { takeSnapshot, withClusterOptions } from "./cluster-options.ts";
import type { ClusterOptions } from "./cluster-options.ts";
import { terminalOf } from "./output.ts";

interface Options extends ClusterOptions {
  readonly domain?: string;
  readonly publicIp: readonly string[];
  readonly nodes?: string;
  readonly storageClass: string;
  readonly namespace: string;
  readonly output: "table" | "json";
}

export function addPreflight(program: Command): void {
  withClusterOptions(program.command("preflight"))
    .description("Check what has to be there before an installation: K3s, nodes, storage, network, ports, DNS, tools")
    .option("--domain <name>", "base domain, to look up in DNS")
    .option(
      "--public-ip <address>",
      "where the domain should lead; may be repeated",
      (it, all: string[]) => [...all, it],
      [],
    )
    .option("--nodes <count>", "how many nodes there should be (default: as many as there are)")
    .option("--storage-class <name>", "StorageClass of the volumes", "local-path")
    .option("-n, --namespace <name>", "namespace for Kasm", "kasm")
    .option("--from <path>", "a snapshot instead of a cluster")
    .addOption(new Option("-o, --output <format>", "format").choices(["table", "json"]).default("table"))
    .action(async (options: Options) => {
      const { domain, publicIp, nodes, storageClass, namespace, output } = options;
      if (nodes !== undefined && !/^[1-9]\d{0,4}$/.test(nodes))
        throw new UsageError(`--nodes ${nodes}: give a whole number, 1 or more.`);
      if (domain !== undefined && !/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(domain))
        throw new UsageError(`--domain ${domain}: give a host name such as desktops.example.com, in lower case.`);
      const [snapshot, tools, addresses] = await Promise.all([
        takeSnapshot(options),
        toolsOnPath(usefulTools),
        domain === undefined ? undefined : resolveBelow(domain),
      ]);
      const asked = {
        ...(domain !== undefined && { domain }),
        ...(nodes !== undefined && { nodeCount: Number(nodes) }),
        ...{ publicIPs: publicIp, storageClass, kasmNamespace: namespace },
      };
      const items = prerequisites(new Cluster(snapshot), asked, { tools, addresses });
      process.stdout.write(
        output === "json"
          ? checklistDocument("PreflightReport", items)
          : renderChecklist(items, terminalOf(process.stdout)),
      );
      process.exitCode = checklistExitCode(items);
    });
}
