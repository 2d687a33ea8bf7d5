import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { AnyObject } from "../../kube/client.ts";

const prefix = "objectset.rio.cattle.io";

/** Whose objects a set holds: its kind as `group/version, Kind=Name`, and its address. */
export interface SetOwner {
  readonly gvk: string;
  readonly name: string;
  readonly namespace: string;
}

/**
 * Marks an object as one of a set, as the controllers of K3s do with all that they apply (rancher/wrangler, pkg/apply):
 * the owner in annotations, not in ownerReferences; a label to find the set by; and what was applied, to tell later which
 * fields were somebody else's. The set's id is empty in K3s.
 */
export function inObjectSet({ gvk, name, namespace }: SetOwner, object: AnyObject): AnyObject {
  const { labels, annotations } = object.metadata ?? {};
  const owner = {
    [`${prefix}/id`]: "",
    [`${prefix}/owner-gvk`]: gvk,
    [`${prefix}/owner-name`]: name,
    [`${prefix}/owner-namespace`]: namespace,
  };
  const hash = createHash("sha1").update(Object.values(owner).join("")).digest("hex");
  const metadata = {
    ...object.metadata,
    labels: { ...labels, [`${prefix}/hash`]: hash },
    annotations: { ...annotations, ...owner },
  };
  const applied = gzipSync(JSON.stringify({ ...object, metadata }, cutTexts))
    .toString("base64")
    .replace(/=+$/, "");
  return {
    ...object,
    metadata: { ...metadata, annotations: { ...metadata.annotations, [`${prefix}/applied`]: applied } },
  };
}

function cutTexts(_key: string, value: unknown): unknown {
  return typeof value === "string" ? value.slice(0, 64) : value;
}
