/**
 * What the operator asks the API server for, right by right. components/vdi-operator/rbac.ts installs exactly these, and
 * tests hold both against each other and against the requests of an operator at work.
 */
export interface Permission {
  /** "" is the core group. */
  readonly apiGroup: string;
  /** Plural, with the subresource behind a slash. */
  readonly resource: string;
  readonly verbs: readonly Verb[];
  /** In the namespace of sessions, in the operator's own, or everywhere. */
  readonly scope: Scope;
  /** Holds for objects of this name alone. */
  readonly name?: string;
  readonly why: string;
}

export type Verb = "get" | "list" | "watch" | "create" | "update" | "patch" | "delete";
export type Scope = "sessions" | "own" | "cluster";

const ours = "vdi.kasm.io";
// The caches' way to read: nothing is asked for one by one.
const follow: readonly Verb[] = ["list", "watch"];
// An apply that finds nothing creates: it needs both verbs. Garbage collection deletes, but not what was orphaned, nor what
// belongs to a session that somebody's finalizer keeps.
const keep: readonly Verb[] = [...follow, "create", "patch", "delete"];

const inSessions: readonly Omit<Permission, "scope">[] = [
  {
    ...{ apiGroup: ours, resource: "vdisessions", verbs: [...follow, "patch", "delete"] },
    why: "the wish; patched to suspend and to set the finalizer, deleted when its time is over",
  },
  { apiGroup: ours, resource: "vdisessions/status", verbs: ["patch"], why: "what became of the wish" },
  {
    ...{ apiGroup: ours, resource: "vdisessions/finalizers", verbs: ["update"] },
    why: "owner references that hold up deletion, where OwnerReferencesPermissionEnforcement is on",
  },
  { apiGroup: ours, resource: "vdipools", verbs: follow, why: "how many desktops to keep ready" },
  { apiGroup: ours, resource: "vdipools/status", verbs: ["patch"], why: "how many are ready" },
  {
    ...{ apiGroup: ours, resource: "vdipools/finalizers", verbs: ["update"] },
    why: "as for sessions: a pool owns its desktops",
  },
  { apiGroup: "", resource: "pods", verbs: keep, why: "the desktop itself" },
  { apiGroup: "", resource: "services", verbs: keep, why: "the desktop's address in the cluster" },
  {
    ...{ apiGroup: "", resource: "persistentvolumeclaims", verbs: ["get", ...keep] },
    why: "the user's home; deleted when the session asks for it, after it was read anew",
  },
  {
    ...{ apiGroup: "", resource: "secrets", verbs: ["get", "create", "patch", "delete"] },
    why: "credentials, by name: a list would bring those of all sessions into the operator's memory",
  },
  { apiGroup: "", resource: "events", verbs: ["list"], why: "why a pod or a home does not start" },
  { apiGroup: "networking.k8s.io", resource: "networkpolicies", verbs: keep, why: "whom the desktop may reach" },
  { apiGroup: "traefik.io", resource: "ingressroutes", verbs: keep, why: "the desktop's address for browsers" },
  { apiGroup: "events.k8s.io", resource: "events", verbs: ["create", "patch"], why: "what happened, for people" },
];

const inOwn: readonly Omit<Permission, "scope">[] = [
  {
    ...{ apiGroup: "coordination.k8s.io", resource: "leases", verbs: ["create"] },
    why: "the election of a leader; Kubernetes cannot limit `create` to a name",
  },
  {
    ...{ apiGroup: "coordination.k8s.io", resource: "leases", verbs: ["get", "patch"], name: "kasm-operator" },
    why: "the election of a leader",
  },
];

const inCluster: readonly Omit<Permission, "scope">[] = [
  {
    ...{ apiGroup: ours, resource: "vdisessions", verbs: ["patch"] },
    why: "the finalizer of sessions whose namespace is deleted: the rights in it go first",
  },
  { apiGroup: ours, resource: "vditemplates", verbs: follow, why: "what desktops are made from" },
  { apiGroup: ours, resource: "vditemplates/status", verbs: ["patch"], why: "how a template is used" },
  { apiGroup: "", resource: "nodes", verbs: follow, why: "which node has a GPU slice left, and which is gone" },
];

export const permissions: readonly Permission[] = [
  ...inSessions.map((it) => ({ ...it, scope: "sessions" as const })),
  ...inOwn.map((it) => ({ ...it, scope: "own" as const })),
  ...inCluster.map((it) => ({ ...it, scope: "cluster" as const })),
];

/** What the gateway asks the API server for. */
export const gatewayPermissions: readonly Permission[] = [
  {
    ...{ apiGroup: ours, resource: "vdisessions", verbs: [...follow, "patch"], scope: "sessions" },
    why: "whose desktop it is and whether it is there; patched to wake it, by admission for nothing else",
  },
  {
    ...{ apiGroup: "", resource: "secrets", verbs: ["get"], scope: "sessions" },
    why: "the desktop's own password, by name, which Traefik passes on",
  },
  { apiGroup: ours, resource: "vditemplates", verbs: follow, scope: "cluster", why: "who asks for the password" },
  {
    ...{ apiGroup: "authentication.k8s.io", resource: "tokenreviews", verbs: ["create"], scope: "cluster" },
    why: "who asks for a link to a desktop",
  },
  {
    ...{ apiGroup: "authorization.k8s.io", resource: "subjectaccessreviews", verbs: ["create"], scope: "cluster" },
    why: "whether who asks may act for the desktop's user",
  },
];

/** One request, as the API server's authorizer sees it. */
export interface Request {
  readonly verb: Verb;
  readonly apiGroup: string;
  readonly resource: string;
  readonly scope: Scope;
  /** Left out for lists, watches and creations. */
  readonly name?: string | undefined;
}

/** The permission by which a request passes; undefined when it is refused. */
export function permissionFor(request: Request, given = permissions): Permission | undefined {
  return given.find(
    ({ apiGroup, resource, verbs, scope, name }) =>
      apiGroup === request.apiGroup &&
      resource === request.resource &&
      verbs.includes(request.verb) &&
      (scope === "cluster" || scope === request.scope) &&
      (name === undefined || name === request.name),
  );
}
