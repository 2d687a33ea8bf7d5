import { randomUUID } from "node:crypto";
import type { AnyObject, ObjectMeta } from "../kube/object.ts";
import type { VDISession } from "../operator/api/objects.ts";
import { desktopName, homeName, hostOf, sessionId, userHash } from "../operator/resources/names.ts";

/** Where the API server keeps each kind in etcd, below /registry and before the namespace. */
const places: Readonly<Record<string, string>> = {
  VDISession: "vdi.kasm.io/vdisessions",
  Pod: "pods",
  Service: "services/specs",
  IngressRoute: "traefik.io/ingressroutes",
  NetworkPolicy: "networkpolicies",
  PersistentVolumeClaim: "persistentvolumeclaims",
  Secret: "secrets",
};

/**
 * The objects of another session that differs from a real one in nothing but its names: what it would be, had the operator
 * made it at the same moment.
 *
 * @param objects of the real session, itself included, as the API server gives them
 * @param added to the metadata of the session itself
 * @returns what etcd would hold of them, by key
 */
export function copyOf(
  session: VDISession,
  objects: readonly AnyObject[],
  index: number,
  added: ObjectMeta = {},
): [string, string][] {
  const uid = randomUUID();
  const number = String(index).padStart(6, "0");
  const other = {
    metadata: { ...session.metadata, uid, name: `copy-${number}` },
    spec: { ...session.spec, user: `user-${number}@example.com` },
  };
  const renamed: [string, string][] = [
    [session.metadata.uid ?? "", uid],
    ...names(session).map((name, which): [string, string] => [name, names(other)[which] ?? ""]),
  ];
  return objects.map((object) => {
    const { apiVersion, kind = "", metadata, ...rest } = object;
    const kept = { ...metadata };
    delete kept.resourceVersion;
    if (kind === "VDISession") {
      kept.annotations = { ...kept.annotations, ...added.annotations };
      kept.labels = { ...kept.labels, ...added.labels };
      kept.finalizers = [...(kept.finalizers ?? []), ...(added.finalizers ?? [])];
    }
    const own = kind === "VDISession" ? uid : randomUUID();
    let text = JSON.stringify({ apiVersion, kind, metadata: kept, ...rest });
    if (kept.uid !== undefined) text = text.replaceAll(kept.uid, own);
    for (const [from, to] of renamed) text = text.replaceAll(from, to);
    const { name = "", namespace = "" } = (JSON.parse(text) as AnyObject).metadata ?? {};
    return [`/registry/${places[kind] ?? ""}/${namespace}/${name}`, text];
  });
}

// Longer ones first: they contain shorter ones.
function names(session: Pick<VDISession, "metadata" | "spec">): string[] {
  const { user } = session.spec;
  return [
    ...[desktopName(session), homeName(user), hostOf(session, "").slice(0, -1), sessionId(session), userHash(user)],
    ...[session.metadata.name, user],
  ];
}
