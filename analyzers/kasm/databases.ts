import { counted, listed } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import { refText } from "../finding.ts";
import type { Finding } from "../finding.ts";

/** `kasm-database-1-19-0-kasm-db-1-19-0-0`: the chart names claim and StatefulSet after the Kasm version. */
const ofVersion = /-db-(\d+-\d+-\d+)-\d+$/;

/** Volumes of Kasm's database of several versions beside each other: an upgrade that began with an empty one. */
export const databases: Analyzer = {
  area: "kasm",
  title: "Kasm has one database",
  needs: ["PersistentVolumeClaim"],
  analyze(cluster) {
    const claims = cluster.claims.flatMap(({ metadata }) => {
      const version = ofVersion.exec(metadata.name)?.[1]?.replaceAll("-", ".");
      return version === undefined ? [] : [{ ...metadata, version }];
    });
    const byNamespace = Map.groupBy(claims, ({ namespace = "" }) => namespace);
    const findings = [...byNamespace].flatMap(([namespace, them]) => several(cluster, namespace, them));
    return { checked: claims.length > 0 ? counted(claims.length, "claim") : undefined, findings };
  },
};

interface DatabaseClaim {
  readonly name: string;
  readonly creationTimestamp?: string;
  readonly version: string;
}

function several(cluster: Cluster, namespace: string, claims: readonly DatabaseClaim[]): Finding[] {
  if (new Set(claims.map(({ version }) => version)).size < 2) return [];
  const used = claims.filter(({ name }) => isMounted(cluster, namespace, name));
  const [current] = used;
  const old = claims.filter((it) => !used.includes(it));
  // The chart's own upgrade mounts both for a time, leaves the old claim, and a backup beside it as its trace.
  if (!current || old.length === 0 || isUpgraded(cluster, namespace, current.version)) return [];
  const object = { kind: "PersistentVolumeClaim", namespace, name: current.name };
  return [
    {
      code: "SeveralDatabases",
      object,
      problem: `Kasm's database of version ${current.version} is in use, and that of ${listed(old.map(({ version }) => version))} is still there (${listed(old.map(({ name }) => name))}): if the upgrade did not copy it, users and settings are in the old one.`,
      evidence: [
        { object, field: "metadata.creationTimestamp", value: current.creationTimestamp ?? "unknown" },
        ...old.map(({ name, creationTimestamp }) => ({
          object: { kind: "PersistentVolumeClaim", namespace, name },
          field: "metadata.creationTimestamp",
          value: creationTimestamp ?? "unknown",
        })),
      ],
      fix: [
        {
          text: `If nothing is missing in Kasm, keep the old claim until the next backup, then delete it. If users are missing, go back to the earlier chart version, which mounts ${refText({ kind: "PersistentVolumeClaim", namespace, name: old[0]?.name ?? "" })} again, and upgrade with dbManagement.upgrade.enable: true and initialize: false.`,
          risk: "manual",
        },
      ],
    },
  ];
}

/** `kasm-1-19-0-db-pre-upgrade-backup`: the chart makes it before it copies the data. */
function isUpgraded(cluster: Cluster, namespace: string, version: string): boolean {
  const ending = `-${version.replaceAll(".", "-")}-db-pre-upgrade-backup`;
  return cluster.claims.some(({ metadata }) => metadata.namespace === namespace && metadata.name.endsWith(ending));
}

function isMounted(cluster: Cluster, namespace: string, claim: string): boolean {
  return cluster.pods.some(
    ({ metadata, spec }) =>
      metadata.namespace === namespace &&
      (spec?.volumes ?? []).some(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === claim),
  );
}
