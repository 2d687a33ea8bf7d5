import type { PersistentVolumeClaim, Pod } from "../../kube/kinds.ts";
import type { Code } from "../catalog.ts";
import type { Cluster } from "../cluster.ts";
import { refText } from "../finding.ts";
import type { Finding, ObjectRef } from "../finding.ts";
import { registryOf } from "../images/images.ts";
import { classOf } from "../storage/volumes.ts";
import { missingObject } from "../containers/references.ts";
import { ownerOf } from "./owners.ts";

/** What several objects with the same fault have in common: where the fault is mended once for all of them. */
export interface Scope {
  readonly object: ObjectRef;
  /** `pods of Deployment kasm/kasm-api` */
  readonly members: string;
  /** How many there are, the well ones among them; undefined where that says nothing. */
  readonly total?: number;
  /** Findings with the same code are of one cause, whatever else they say. */
  readonly isCause: boolean;
}

/**
 * What a finding has in common with others: of a pod, what made it, what it asks for in vain (a registry, a Secret), or its node;
 * of a session, its template; of a claim, its class.
 */
export function scopeOf(cluster: Cluster, { code, object, container }: Finding): Scope | undefined {
  const { kind } = object;
  const found = cluster.find(object);
  if (!found) return undefined;
  if (kind === "Pod") return ofPod(cluster, found as unknown as Pod, code, container);
  if (kind === "VDISession")
    return ofTemplate((found["spec"] as { template?: string } | undefined)?.template, "sessions");
  if (kind !== "PersistentVolumeClaim") return undefined;
  return ofClaim(cluster, found as unknown as PersistentVolumeClaim);
}

function ofClaim(cluster: Cluster, claim: PersistentVolumeClaim): Scope {
  // The class that it names may be what is missing.
  const name = claim.spec?.storageClassName ?? classOf(cluster, claim)?.metadata.name;
  if (name !== undefined && name !== "") return ofMembers({ kind: "StorageClass", name }, "claims");
  const object = { kind: "StorageClass", name: "(default)" };
  return { object, members: "claims that name no StorageClass", isCause: false };
}

function ofPod(cluster: Cluster, pod: Pod, code: Code, container: string | undefined): Scope | undefined {
  const { initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
  const status = [...initContainerStatuses, ...containerStatuses].find(({ name }) => name === container);
  if (ofRegistry.has(code)) {
    const name = registryOf(status?.image ?? "");
    return { object: { kind: "Registry", name }, members: `pods with images from ${name}`, isCause: true };
  }
  const { nodeName } = pod.spec ?? {};
  if (nodeName !== undefined && (ofNode.has(code) || ofNodeAlike.has(code)))
    return { ...ofMembers({ kind: "Node", name: nodeName }, "pods", "on"), isCause: ofNode.has(code) };
  const missing = missingObject(pod, code, status);
  if (missing) return { object: missing, members: `pods that refer to ${refText(missing)}`, isCause: true };
  const template = pod.metadata.annotations?.["vdi.kasm.io/template-name"];
  if (template !== undefined) return ofTemplate(template, "desktops");
  const owner = ownerOf(cluster, pod);
  if (!owner) return undefined;
  const siblings = cluster.pods.filter((it) => {
    const other = it.metadata.namespace === pod.metadata.namespace ? ownerOf(cluster, it) : undefined;
    return other !== undefined && refText(other) === refText(owner);
  });
  return { ...ofMembers(owner, "pods"), total: siblings.length };
}

function ofTemplate(name: string | undefined, members: string): Scope | undefined {
  return name === undefined ? undefined : ofMembers({ kind: "VDITemplate", name }, members);
}

function ofMembers(object: ObjectRef, members: string, how: "of" | "on" = "of"): Scope {
  return { object, members: `${members} ${how} ${refText(object)}`, isCause: false };
}

/** Faults of the way to a registry, whichever of its images is asked for. */
const ofRegistry: ReadonlySet<Code> = new Set<Code>([
  ...(["ImageRateLimited", "RegistryCertificateUntrusted", "RegistryHostUnknown", "RegistryPlainHttp"] as const),
  ...(["RegistryProxyDenied", "RegistryUnreachable", "ImagePullSlow"] as const),
]);

/** Faults of a node, whichever of its pods tells them. */
const ofNode: ReadonlySet<Code> = new Set<Code>([
  "NetworkPluginFailed",
  "NodeDiskFull",
  "GpuDriverMismatch",
  "NodeLost",
]);

/** Faults of a node as far as its pods tell them in the same words. */
const ofNodeAlike: ReadonlySet<Code> = new Set<Code>(["SandboxFailed", "RuntimeNotConfigured"]);
