import { actForVerb } from "../vdi-operator/rbac.ts";
import { portalRecordName } from "./settings.ts";
import type { Rule } from "../vdi-operator/rbac.ts";

const group = "vdi.kasm.io";
// Caches list and watch.
const follow = ["list", "watch"];

/**
 * What the portal may do in the namespace of sessions: what people do there, in their names. The policy
 * `vdisession-portal.vdi.kasm.io` says which fields. No Secrets, no pods but to look at, and nobody to impersonate.
 */
export const portalSessionRules: readonly Rule[] = [
  { apiGroups: [group], resources: ["vdisessions"], verbs: [...follow, "create", "patch", "delete", actForVerb] },
  { apiGroups: [""], resources: ["pods"], verbs: follow },
];

/** What it remembers, in its own namespace: one ConfigMap, which the stack makes. */
export const portalRecordRules: readonly Rule[] = [
  { apiGroups: [""], resources: ["configmaps"], resourceNames: [portalRecordName], verbs: [...follow, "patch"] },
];

/** What it may do in the whole cluster: read templates and nodes, ask who holds a token and what that lets do. */
export const portalClusterRules: readonly Rule[] = [
  { apiGroups: [group], resources: ["vditemplates"], verbs: follow },
  { apiGroups: [""], resources: ["nodes"], verbs: follow },
  { apiGroups: ["authentication.k8s.io"], resources: ["tokenreviews"], verbs: ["create"] },
  { apiGroups: ["authorization.k8s.io"], resources: ["subjectaccessreviews"], verbs: ["create"] },
];
