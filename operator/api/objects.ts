import type { KubeObject, ObjectMeta } from "../../kube/object.ts";
import type { VDIPoolSpec, VDIPoolStatus } from "./vdi-pool.ts";
import type { VDISessionSpec, VDISessionStatus } from "./vdi-session.ts";
import type { VDITemplateSpec, VDITemplateStatus } from "./vdi-template.ts";

/** Group and version of our kinds, as objects carry them. */
export const apiVersion = "vdi.kasm.io/v1alpha1";

interface OfKind<Spec, Status> extends KubeObject {
  metadata: ObjectMeta & { name: string };
  spec: Spec;
  status?: Status;
}

export type VDISession = OfKind<VDISessionSpec, VDISessionStatus>;
export type VDITemplate = OfKind<VDITemplateSpec, VDITemplateStatus>;
export type VDIPool = OfKind<VDIPoolSpec, VDIPoolStatus>;
