/** A rule of RBAC; verbs and resources are always named, never `*`. */
export interface Rule {
  readonly apiGroups: string[];
  readonly resources: string[];
  readonly verbs: string[];
  readonly resourceNames?: string[];
}

/** Name of the operator's ServiceAccount, Deployment and Lease. */
export const operatorName = "kasm-operator";

/** Name of the gateway's ServiceAccount, Deployment and Service. */
export const gatewayName = "kasm-gateway";

const group = "vdi.kasm.io";
const read = ["get", "list", "watch"];
const change = ["create", "update", "patch", "delete"];
// Caches list and watch.
const follow = ["list", "watch"];
const keep = [...follow, "create", "patch", "delete"];

/** What the operator may do in the namespace of sessions; operator/permissions.ts says what for. */
export const sessionRules: readonly Rule[] = [
  { apiGroups: [group], resources: ["vdisessions"], verbs: [...follow, "patch", "delete"] },
  { apiGroups: [group], resources: ["vdipools"], verbs: follow },
  { apiGroups: [group], resources: ["vdisessions/status", "vdipools/status"], verbs: ["patch"] },
  { apiGroups: [group], resources: ["vdisessions/finalizers", "vdipools/finalizers"], verbs: ["update"] },
  { apiGroups: [""], resources: ["pods", "services"], verbs: keep },
  { apiGroups: [""], resources: ["persistentvolumeclaims"], verbs: ["get", ...keep] },
  // By name only: a list would bring every credential of every session into the operator's memory.
  { apiGroups: [""], resources: ["secrets"], verbs: ["get", "create", "patch", "delete"] },
  { apiGroups: [""], resources: ["events"], verbs: ["list"] },
  { apiGroups: ["networking.k8s.io"], resources: ["networkpolicies"], verbs: keep },
  { apiGroups: ["traefik.io"], resources: ["ingressroutes"], verbs: keep },
  { apiGroups: ["events.k8s.io"], resources: ["events"], verbs: ["create", "patch"] },
];

/** What it may do in its own namespace: elect a leader. */
export const leaderRules: readonly Rule[] = [
  // Kubernetes cannot limit `create` to a name.
  { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["create"] },
  {
    apiGroups: ["coordination.k8s.io"],
    resources: ["leases"],
    resourceNames: [operatorName],
    verbs: ["get", "patch"],
  },
];

/** What it may do in the whole cluster: read what has no namespace, say how a template is used. */
export const clusterRules: readonly Rule[] = [
  // Where the namespace of sessions is deleted, the rights in it go before the sessions, whose finalizer would stay.
  { apiGroups: [group], resources: ["vdisessions"], verbs: ["patch"] },
  { apiGroups: [group], resources: ["vditemplates"], verbs: follow },
  { apiGroups: [group], resources: ["vditemplates/status"], verbs: ["patch"] },
  { apiGroups: [""], resources: ["nodes"], verbs: follow },
];

/** What the gateway may do in the namespace of sessions; a policy limits `patch` to what wakes a session. */
export const gatewaySessionRules: readonly Rule[] = [
  { apiGroups: [group], resources: ["vdisessions"], verbs: [...follow, "patch"] },
  // By name only, as the operator.
  { apiGroups: [""], resources: ["secrets"], verbs: ["get"] },
];

/** What the gateway may do in the whole cluster: read templates, ask who somebody is. */
export const gatewayClusterRules: readonly Rule[] = [
  { apiGroups: [group], resources: ["vditemplates"], verbs: follow },
  { apiGroups: ["authentication.k8s.io"], resources: ["tokenreviews"], verbs: ["create"] },
  { apiGroups: ["authorization.k8s.io"], resources: ["subjectaccessreviews"], verbs: ["create"] },
];

/** The verb on VDISessions that lets a person or program make, change and delete sessions of others. */
export const actForVerb = "act-for";

/** A ClusterRole for people, which Kubernetes adds to its own roles `view`, `edit` or `admin`. */
export interface UserRole {
  readonly name: string;
  readonly aggregateTo: "view" | "edit" | "admin";
  readonly rules: readonly Rule[];
}

export const userRoles: readonly UserRole[] = [
  {
    name: "kasm-vdi-viewer",
    aggregateTo: "view",
    rules: [{ apiGroups: [group], resources: ["vdisessions", "vditemplates", "vdipools"], verbs: read }],
  },
  {
    name: "kasm-vdi-user",
    aggregateTo: "edit",
    rules: [
      {
        apiGroups: [group],
        resources: ["vdisessions"],
        verbs: [...read, ...change],
      },
    ],
  },
  {
    name: "kasm-vdi-session-manager",
    aggregateTo: "admin",
    rules: [
      { apiGroups: [group], resources: ["vdisessions"], verbs: [actForVerb] },
      { apiGroups: [group], resources: ["vdipools"], verbs: change },
      { apiGroups: [group], resources: ["vdipools/scale"], verbs: ["get", "update", "patch"] },
    ],
  },
];

/** A ServiceAccount of ours as RBAC and admission name it. */
export function accountUser(name: string, operatorNamespace: string): string {
  return `system:serviceaccount:${operatorNamespace}:${name}`;
}

/** Arguments of a Role or ClusterRole. */
export function roleArgs(name: string, rules: readonly Rule[], namespace?: string) {
  return { metadata: { name, ...(namespace !== undefined && { namespace }) }, rules: [...rules] };
}

/** Arguments of the binding that gives a ServiceAccount of ours the role of the same name. */
export function bindingArgs(kind: "Role" | "ClusterRole", name: string, operatorNamespace: string, namespace?: string) {
  return {
    metadata: { name, ...(namespace !== undefined && { namespace }) },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind, name },
    subjects: [{ kind: "ServiceAccount", name, namespace: operatorNamespace }],
  };
}

/** Arguments of a ClusterRole for people. */
export function userRoleArgs({ name, aggregateTo, rules }: UserRole) {
  return {
    metadata: { name, labels: { [`rbac.authorization.k8s.io/aggregate-to-${aggregateTo}`]: "true" } },
    rules: [...rules],
  };
}
