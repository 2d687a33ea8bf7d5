import { imageReference, pullSecrets } from "../objects/image.ts";
import type { Registry } from "../objects/image.ts";
import { kasmVersion } from "./chart.ts";
import { releaseName, secretName } from "./values.ts";

/** Regular dumps of Kasm's database. */
export interface BackupPlan {
  /** Cron schedule of five fields, UTC. */
  readonly schedule: string;
  readonly sizeGiB: number;
}

export interface BackupArgs {
  readonly namespace: string;
  readonly plan: BackupPlan;
  readonly storageClassName: string;
  readonly chartVersion: string;
  readonly imageTag?: string;
  readonly registry?: Registry;
}

const name = `${releaseName}-database-backup`;

/** Dumps that are kept; the oldest goes when a new one is complete. */
export const keptDumps = 14;

// A dump that breaks off must not pass for one. The table of logs is left out, as in the chart's own dumps.
const dump = `set -eu
rm -f /backup/*.part
file=/backup/kasm_$(date -u +%Y%m%dT%H%M%SZ).tar
pg_dump --format=tar --exclude-table-data=logs --file="$file.part"
mv "$file.part" "$file"
ls -1r /backup/kasm_*.tar | tail -n +${keptDumps + 1} | while read -r old; do rm -f "$old"; done
`;

/** Where the dumps go. A volume of class local-path comes into being with the first dump, so nothing must wait for it. */
export function backupClaim({ namespace, plan, storageClassName }: BackupArgs) {
  return {
    metadata: { name, namespace, annotations: { "pulumi.com/skipAwait": "true" } },
    spec: {
      accessModes: ["ReadWriteOnce"],
      storageClassName,
      resources: { requests: { storage: `${plan.sizeGiB}Gi` } },
    },
  };
}

/**
 * Takes the dumps, by the database's own image, so that pg_dump is of the server's version. The chart's
 * `dbManagement.backupCron` does the same but for two things: its claim is part of the release, for which Helm waits until
 * the timeout, since a local-path volume comes only with the first dump; and it never takes an old dump away.
 */
export function backupCronJob(args: BackupArgs) {
  const { namespace, plan, registry = {} } = args;
  const tag = args.imageTag ?? kasmVersion(args.chartVersion);
  const labels = { "app.kubernetes.io/instance": releaseName, "app.kubernetes.io/component": "database-backup" };
  const container = {
    name: "dump",
    image: imageReference(`kasmweb/postgres:${tag}`, registry),
    command: ["/bin/sh", "-c", dump],
    env: [
      { name: "PGHOST", value: `${releaseName}-db` },
      { name: "PGDATABASE", value: "kasm" },
      { name: "PGUSER", value: "kasmapp" },
      { name: "PGPASSWORD", valueFrom: { secretKeyRef: { name: secretName, key: "db-password" } } },
    ],
    resources: {
      requests: { cpu: "100m", memory: "128Mi", "ephemeral-storage": "50Mi" },
      limits: { cpu: "500m", memory: "512Mi", "ephemeral-storage": "1Gi" },
    },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    volumeMounts: [{ name: "backup", mountPath: "/backup" }],
  };
  const podSpec = {
    ...pullSecrets(registry),
    automountServiceAccountToken: false,
    restartPolicy: "Never",
    // The user of the database's image.
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 70,
      runAsGroup: 70,
      fsGroup: 70,
      seccompProfile: { type: "RuntimeDefault" },
    },
    containers: [container],
    volumes: [{ name: "backup", persistentVolumeClaim: { claimName: name } }],
  };
  return {
    metadata: { name, namespace, labels },
    spec: {
      schedule: plan.schedule,
      timeZone: "Etc/UTC",
      concurrencyPolicy: "Forbid",
      startingDeadlineSeconds: 3600,
      jobTemplate: {
        spec: {
          backoffLimit: 2,
          activeDeadlineSeconds: 3600,
          ttlSecondsAfterFinished: 7 * 86_400,
          template: { metadata: { labels }, spec: podSpec },
        },
      },
    },
  };
}
