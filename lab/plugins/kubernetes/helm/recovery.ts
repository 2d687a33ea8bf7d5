import type { HelmRecord, Revision } from "./record.ts";

/** What to do with a release whose history is as found. `warning` tells people about anything out of the ordinary. */
export type Plan =
  | { action: "install" }
  | { action: "upgrade" }
  | { action: "reinstall"; warning: string }
  | { action: "rollback"; toRevision: number; warning: string }
  | { action: "refuse"; reason: string };

/**
 * Helm refuses every operation on a release that an interrupted run left in a pending state. An interrupted first
 * installation is removed and made again, so that its install hooks run; an interrupted upgrade is first rolled back to
 * the last revision that worked. A release that is really there is never taken over by a create.
 */
export function planCreate(revisions: Revision[], newest: HelmRecord | undefined, replace: boolean): Plan {
  if (!newest) return { action: "install" };
  if (neverWorked(revisions) && wasInterrupted(newest)) return reinstall(newest);
  if (replace && ["uninstalled", "failed"].includes(newest.info.status)) return { action: "install" };
  const { name, namespace, version, info, chart } = newest;
  const id = `${namespace}/${name}`;
  return {
    action: "refuse",
    reason:
      `release ${id} already exists (revision ${version}, ${info.status}, chart ${chart.metadata.name} ${chart.metadata.version}). ` +
      `Bring it under management with \`pulumi import kubernetes:helm.sh/v3:Release NAME ${id}\`, or remove it with ` +
      `\`helm uninstall ${name} -n ${namespace}\`, or choose another name`,
  };
}

export function planUpdate(revisions: Revision[], newest: HelmRecord | undefined): Plan {
  if (!newest) return { action: "install" };
  if (newest.info.status === "uninstalling") return reinstall(newest);
  if (neverWorked(revisions) && wasInterrupted(newest)) return reinstall(newest);
  if (!newest.info.status.startsWith("pending-")) return { action: "upgrade" };
  const worked = revisions.findLast(({ status }) => status === "deployed" || status === "superseded");
  if (!worked) return reinstall(newest);
  return {
    action: "rollback",
    toRevision: worked.version,
    warning: `an interrupted run left revision ${newest.version} in ${newest.info.status}; rolling back to revision ${worked.version} first`,
  };
}

function reinstall({ info }: HelmRecord): Plan {
  const began = info.last_deployed ? ` (begun ${info.last_deployed})` : "";
  return {
    action: "reinstall",
    warning: `an interrupted run left its installation unfinished: ${info.status}${began}; removing it and installing again`,
  };
}

function neverWorked(revisions: Revision[]): boolean {
  return !revisions.some(({ status }) => status === "deployed" || status === "superseded");
}

// A helm that is told to end marks the release as failed, with this description.
function wasInterrupted({ info }: HelmRecord): boolean {
  if (info.status === "pending-install" || info.status === "uninstalling") return true;
  return info.status === "failed" && /context canceled/.test(info.description ?? "");
}
