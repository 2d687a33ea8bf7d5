import { field, text } from "./value.ts";

/** One resource as the program asks the engine for it. What its inputs hold may be `unknownValue` in a preview. */
export interface PolicyResource {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  /** Inputs, secrets in clear. */
  readonly props: Readonly<Record<string, unknown>>;
  /** URN; undefined for what belongs to the stack itself. */
  readonly parent?: string | undefined;
  readonly protect: boolean;
  /** The provider that the resource goes to; undefined for components and where the engine names none. */
  readonly provider?: { readonly urn: string; readonly name: string } | undefined;
  /** Undefined where that is not told: the engine does not tell policies. */
  readonly retainOnDelete?: boolean | undefined;
  /** Paths of inputs that are marked as secret: `values.adminPassword`. Undefined where that is not told, as above. */
  readonly secrets?: readonly string[] | undefined;
}

export const kinds = {
  clusterRole: "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole",
  clusterRoleBinding: "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding",
  configMap: "kubernetes:core/v1:ConfigMap",
  customResourceDefinition: "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition",
  middleware: "kubernetes:traefik.io/v1alpha1:Middleware",
  localCommand: "command:local:Command",
  namespace: "kubernetes:core/v1:Namespace",
  networkPolicy: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  randomPassword: "random:index/randomPassword:RandomPassword",
  release: "kubernetes:helm.sh/v3:Release",
  remoteCommand: "command:remote:Command",
  role: "kubernetes:rbac.authorization.k8s.io/v1:Role",
  roleBinding: "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
  secret: "kubernetes:core/v1:Secret",
  service: "kubernetes:core/v1:Service",
} as const;

/** Type of the component that the resource is a direct part of: `kasm:gpu:GpuOperator`. */
export function componentOf({ parent }: PolicyResource): string | undefined {
  // urn:pulumi:STACK::PROJECT::PARENT_TYPE$TYPE::NAME
  return parent?.split("::")[2]?.split("$").at(-1);
}

/** Name of the object in the cluster. */
export function objectName({ props }: PolicyResource): string | undefined {
  return text(field(props, "metadata", "name"));
}

/** Namespace of the object; undefined for what has none. */
export function objectNamespace({ props }: PolicyResource): string | undefined {
  return text(field(props, "metadata", "namespace"));
}

/** As people look for it: `Deployment kasm-vdi-system/kasm-operator (vdi-operator)`. */
export function titleOf(resource: PolicyResource): string {
  const kind = resource.type.split(":").at(-1) ?? resource.type;
  const name = objectName(resource) ?? text(resource.props["name"]);
  const namespace = objectNamespace(resource) ?? text(resource.props["namespace"]);
  if (name === undefined) return `${kind} ${resource.name}`;
  return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name} (${resource.name})`;
}
