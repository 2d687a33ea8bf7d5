import { randomBytes } from "node:crypto";
import type { AnyObject, ObjectMeta, OwnerReference } from "../../kube/object.ts";
import type { VDISession } from "../api/objects.ts";
import type { Pod } from "../kinds.ts";
import { labels } from "./labels.ts";
import { desktopName } from "./names.ts";
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

/**
 * Of the Secret of a session's pod. One that came from a pool keeps the Secret that it had there; one with a home has the
 * home's name, which is not the session's alone.
 */
export function secretNameOf(session: VDISession, { metadata }: Pod): string {
  return metadata.labels?.[labels.pool] === undefined ? desktopName(session) : metadata.name;
}

/** What a pod's streams are opened with. */
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
