import { chartDigest } from "../helm/chart-source.ts";
import { contentHash } from "../objects/content-hash.ts";
import { kasmVersion } from "./chart.ts";
import { kasmValues, releaseName } from "./values.ts";
import type { DatabasePhase, KasmValuesArgs } from "./values.ts";

/** Jobs of the chart by what happens to the database; ordinary objects of the release, gone 300 s after their end. */
const databaseJobs: Record<DatabasePhase, string | undefined> = {
  initialize: `${releaseName}-db-init`,
  keep: undefined,
  upgrade: `${releaseName}-db-upgrade`,
};

/** Input of commands/kasm-pre-upgrade.ts, which takes away what Helm could not change. */
export function preUpgradeInput(namespace: string, args: KasmValuesArgs) {
  const { database, storageClassName, chart } = args;
  const job = databaseJobs[database];
  // An upgrade moves the data to a StatefulSet of another name; the one that is there must stay Helm's to delete.
  const butDatabase = database === "upgrade" ? ",app.kubernetes.io/component!=db" : "";
  return {
    namespace,
    ...(job !== undefined && { job }),
    ...(database === "upgrade" && { upgradeTo: databaseName(chart.version) }),
    statefulSets: `app.kubernetes.io/instance=${releaseName}${butDatabase}`,
    storageClassName,
    timeoutSeconds: 300,
    // Runs whenever Helm will: both change with all that Helm gets.
    release: contentHash([chart, kasmValues(args)]),
    digest: chartDigest(chart),
  };
}

/** The chart names the database after its Kasm version (templates/_helpers.tpl). */
function databaseName(chartVersion: string): string {
  return `${releaseName}-db-${kasmVersion(chartVersion).replaceAll(".", "-")}`;
}
