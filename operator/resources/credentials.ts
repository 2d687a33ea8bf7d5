import { randomBytes } from "node:crypto";
import type { AnyObject, ObjectMeta, OwnerReference } from "../../kube/object.ts";
import { rtcConfigPath } from "./runtime-profiles.ts";

/** What a Secret of a desktop holds. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
  /** The TURN servers as Selkies reads them, with credentials that end soon. */
  readonly rtcConfig?: string;
}

/** A password that nobody guesses (144 bits) and that no shell, URL or configuration file has to quote. */
export function newPassword(): string {
  return randomBytes(24).toString("base64url");
}

/** The Secret of the pod with the same name. */
export function credentialsSecret(
  metadata: Pick<ObjectMeta, "annotations"> & {
    name: string;
    namespace: string;
    labels: Record<string, string>;
    owner: OwnerReference | undefined;
  },
  { user, password, rtcConfig }: Credentials,
): AnyObject {
  const { name, namespace, labels, annotations, owner } = metadata;
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      ...{ name, namespace, labels, ...(annotations && { annotations }) },
      ...(owner && { ownerReferences: [owner] }),
    },
    type: "Opaque",
    stringData: { user, password, ...(rtcConfig !== undefined && { [rtcConfigKey]: rtcConfig }) },
  };
}

/** Key of the Secret, and name of the file that it becomes in the pod. */
export const rtcConfigKey = rtcConfigPath.slice(rtcConfigPath.lastIndexOf("/") + 1);
