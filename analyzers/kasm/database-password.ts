import { podRef } from "../containers/pod-facts.ts";
import type { Pod } from "../../kube/kinds.ts";
import { counted, quoted } from "../../kube/sentences.ts";
import { untrusted } from "../../kube/untrusted-text.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import { refText } from "../finding.ts";
import type { Dependency, Evidence, Finding, ObjectRef } from "../finding.ts";
import { ownerOf } from "../workloads/owners.ts";

/**
 * Passwords that the database refuses. Postgres takes POSTGRES_PASSWORD only when its volume is empty: a Secret that was made
 * again over the claim of an earlier installation has another one (kasm-helm: `lookup` fails when a chart is rendered away
 * from the cluster).
 */
export const databasePassword: Analyzer = {
  area: "kasm",
  title: "Database takes Kasm's password",
  needs: ["Pod"],
  analyze(cluster) {
    const users = cluster.pods.filter((pod) => secretOf(pod) !== undefined);
    const refused = users.flatMap((pod) => {
      const words = refusalIn(cluster, pod);
      return words === undefined ? [] : [{ pod, words }];
    });
    const bySecret = Map.groupBy(refused, ({ pod }) => refText(secretOf(pod) ?? podRef(pod)));
    const findings = [...bySecret.values()].flatMap((them) => finding(cluster, them) ?? []);
    return { checked: users.length > 0 ? counted(users.length, "pod") : undefined, findings };
  },
};

interface Refused {
  readonly pod: Pod;
  readonly words: string;
}

/** The Secret that a pod has its database password from. */
function secretOf({ metadata, spec }: Pod): ObjectRef | undefined {
  const variables = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].flatMap(({ env }) => env ?? []);
  const found = variables.find(({ name }) => name === "POSTGRES_PASSWORD" || name === "PGPASSWORD")?.valueFrom;
  const name = found?.["secretKeyRef"]?.name;
  return name === undefined ? undefined : { kind: "Secret", namespace: metadata.namespace ?? "", name };
}

function refusalIn(cluster: Cluster, pod: Pod): string | undefined {
  const names = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])].map(({ name }) => name);
  return names
    .flatMap((name) => [cluster.log(pod, name), cluster.log(pod, name, true)])
    .flatMap((log) => untrusted(log ?? "").split("\n"))
    .findLast((line) => line.includes("password authentication failed for user"));
}

function finding(cluster: Cluster, refused: readonly Refused[]): Finding | undefined {
  const [first] = refused;
  const object = first && secretOf(first.pod);
  if (!first || !object) return undefined;
  const { namespace = "" } = object;
  const madeAt = cluster.find(object)?.metadata?.creationTimestamp;
  const older = cluster.claims.find(
    ({ metadata }) =>
      metadata.namespace === namespace &&
      /(^|-)(db|database)(-|$)/.test(metadata.name) &&
      isBefore(metadata.creationTimestamp, madeAt),
  );
  const claim = older?.metadata.name;
  const story =
    claim === undefined
      ? "The password was changed after the database was first started."
      : `PersistentVolumeClaim ${namespace}/${claim} is of ${older?.metadata.creationTimestamp ?? ""}, and the Secret of ${madeAt ?? ""}: it was made again over the data of an earlier installation, which keeps the earlier password.`;
  const evidence: Evidence[] = [
    { object: podRef(first.pod), field: "log", value: quoted(first.words) },
    ...(madeAt === undefined ? [] : [{ object, field: "metadata.creationTimestamp", value: madeAt }]),
    ...(claim === undefined
      ? []
      : [
          {
            object: { kind: "PersistentVolumeClaim", namespace, name: claim },
            field: "metadata.creationTimestamp",
            value: older?.metadata.creationTimestamp ?? "",
          },
        ]),
  ];
  return {
    code: "DatabasePasswordRejected",
    object,
    problem: `The database does not take the password in ${refText(object)}. ${story}`,
    evidence,
    fix: [
      {
        text: `Set the Secret's password in the database: ALTER USER kasmapp PASSWORD '...', with the value of key db-password of ${refText(object)}.`,
        command: `kubectl exec --stdin --tty --namespace ${namespace} ${databasePod(cluster, namespace)} -- psql --username kasmapp --dbname kasm`,
        risk: "manual",
      },
      {
        text: `Or put the earlier password back into ${refText(object)}, and restart what uses it.`,
        risk: "restart",
      },
      ...(claim === undefined
        ? []
        : [
            {
              text: `Only where nothing in it is needed: delete PersistentVolumeClaim ${claim} with its StatefulSet's pod, and start with an empty database. All users, workspaces and settings of Kasm go with it.`,
              risk: "data-loss" as const,
            },
          ]),
    ],
    explains: refused.flatMap(({ pod }) => explained(cluster, pod, object)),
  };
}

function explained(cluster: Cluster, pod: Pod, secret: ObjectRef): Dependency[] {
  const because = `it signs in with the password of ${refText(secret)}`;
  const owner = ownerOf(cluster, pod);
  return [podRef(pod), ...(owner ? [owner] : [])].map((object) => ({ object, because }));
}

function databasePod(cluster: Cluster, namespace: string): string {
  const [pod] = cluster.podsMatching(namespace, { "app.kubernetes.io/component": "db" });
  return pod?.metadata.name ?? "kasm-db-0";
}

function isBefore(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && Date.parse(a) < Date.parse(b);
}
