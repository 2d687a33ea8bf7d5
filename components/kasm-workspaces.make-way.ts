import { contentHash } from "./content-hash.ts";
import { kasmVersion } from "./kasm-workspaces.chart.ts";
import { kasmValues, releaseName } from "./kasm-workspaces.values.ts";
import type { DatabasePhase, KasmValuesArgs } from "./kasm-workspaces.values.ts";

/** Jobs of the chart by what happens to the database; ordinary objects of the release, gone 300 s after their end. */
const databaseJobs: Record<DatabasePhase, string | undefined> = {
  initialize: `${releaseName}-db-init`,
  keep: undefined,
  upgrade: `${releaseName}-db-upgrade`,
};

/**
 * Input of commands/kasm-make-way.ts, which takes away what Helm could not change. It has in it all that makes such a
 * change, so that the script runs when there is one and not otherwise.
 */
export function makeWayInput(namespace: string, args: KasmValuesArgs) {
  const { database, storageClassName } = args;
  const job = databaseJobs[database];
  // An upgrade moves the data to a StatefulSet of another name; the one that is there must stay Helm's to delete.
  const butDatabase = database === "upgrade" ? ",app.kubernetes.io/component!=db" : "";
  return {
    namespace,
    ...(job !== undefined && { job, jobTemplate: jobTemplate(args) }),
    ...(database === "upgrade" && { upgradeTo: databaseName(args) }),
    statefulSets: `app.kubernetes.io/instance=${releaseName}${butDatabase}`,
    storageClassName,
    timeoutSeconds: 300,
  };
}

/** The chart names the database after its Kasm version (templates/_helpers.tpl). */
function databaseName({ chart }: KasmValuesArgs): string {
  return `${releaseName}-db-${kasmVersion(chart.version).replaceAll(".", "-")}`;
}

/** Fingerprint of all values that reach the pod templates of the database Jobs (db-init-job.yaml, db-upgrade-job.yaml). */
function jobTemplate(args: KasmValuesArgs): string {
  const { useImageTags, imagePullPolicy, imagePullSecrets, affinity, trustedCaBundle, components } = kasmValues(args);
  const images = [useImageTags, imagePullPolicy, imagePullSecrets, components.api.image];
  const template = [args.chart, images, affinity, trustedCaBundle];
  return contentHash(template);
}
