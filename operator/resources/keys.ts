import type { KubeObject, ObjectKey } from "../../kube/object.ts";
import { apiVersion } from "../api/objects.ts";
import type { VDISession } from "../api/objects.ts";

/** What names an object of a known kind, in the namespace of another. */
export function keyBeside(other: KubeObject, apiVersion: string, kind: string, name: string): ObjectKey {
  const namespace = other.metadata?.namespace;
  return { apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }) } };
}

export function sessionKey(session: VDISession): ObjectKey {
  return keyBeside(session, apiVersion, "VDISession", session.metadata.name);
}

/** The uid of the owner that controls an object. */
export function controllerUid({ metadata }: KubeObject): string | undefined {
  return metadata?.ownerReferences?.find(({ controller }) => controller)?.uid;
}
