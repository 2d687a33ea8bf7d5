import type { ObjectKey } from "../kube/client.ts";

/** A resource in a stack's state (apitype.ResourceV3 of the engine). */
export interface StateResource {
  urn: string;
  type: string;
  custom: boolean;
  id?: string;
  parent?: string;
  /** URN and id of the provider, with `::` between them. */
  provider?: string;
  dependencies?: string[];
  propertyDependencies?: Record<string, string[]>;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  [field: string]: unknown;
}

/** What an engine was doing when it was killed (apitype.OperationV2). */
export interface PendingOperation {
  type: "creating" | "updating" | "deleting" | "reading" | "importing";
  resource: StateResource;
}

/** What `pulumi stack export --show-secrets` prints. It is never written to a file, nor shown. */
export interface ExportedStack {
  version: number;
  deployment: {
    resources?: StateResource[];
    pending_operations?: PendingOperation[];
    [field: string]: unknown;
  };
}

/** What a state gets and loses. */
export interface StateChange {
  /** Resources that come, or take the place of one with the same URN. */
  readonly put: readonly StateResource[];
  /** URNs of resources that go. */
  readonly drop: readonly string[];
}

/**
 * The stack with other resources, and without its pending operations, which `pulumi stack import` drops in any case. What
 * comes stands last: it depends on others, and nothing depends on it yet. A command that came after what goes, goes with it:
 * it has to run again when that is made again.
 */
export function changedState(stack: ExportedStack, { put, drop }: StateChange): ExportedStack {
  const { resources = [] } = stack.deployment;
  const gone = new Set(drop);
  const comes = new Map(put.map((resource) => [resource.urn, resource]));
  const kept = resources.flatMap((resource) => {
    const isRunAfter = resource.type === "command:local:Command" && needs(resource).some((urn) => gone.has(urn));
    if (isRunAfter) gone.add(resource.urn);
    if (gone.has(resource.urn)) return [];
    const present = comes.get(resource.urn) ?? resource;
    comes.delete(resource.urn);
    return [withoutDependencies(present, gone)];
  });
  const deployment = { ...stack.deployment, resources: [...kept, ...comes.values()], pending_operations: [] };
  return { ...stack, deployment };
}

function withoutDependencies(resource: StateResource, gone: ReadonlySet<string>): StateResource {
  const { dependencies, propertyDependencies } = resource;
  const remaining = (urns: readonly string[]) => urns.filter((urn) => !gone.has(urn));
  return {
    ...resource,
    ...(dependencies && { dependencies: remaining(dependencies) }),
    ...(propertyDependencies && {
      propertyDependencies: Object.fromEntries(
        Object.entries(propertyDependencies).map(([property, urns]) => [property, remaining(urns)]),
      ),
    }),
  };
}

/** What names the object of a resource; undefined for what is no Kubernetes object, such as a command or a release. */
export function objectKey({ type, inputs }: StateResource): ObjectKey | undefined {
  const { apiVersion, kind, metadata } = (inputs ?? {}) as Partial<ObjectKey>;
  const isPatch = /Patch$/.test(type);
  if (!type.startsWith("kubernetes:") || isPatch || !apiVersion || !kind || !metadata?.name) return undefined;
  const { name, namespace } = metadata;
  return { apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }) } };
}

/** `urn:pulumi:dev::kasm-vdi::kasm:vdi:VdiOperator$kubernetes:core/v1:Secret::vdi-key` -> `Secret vdi-key` */
export function resourceName(urn: string): string {
  const [, , type = "", name = ""] = urn.split("::");
  return `${type.split(":").at(-1) ?? ""} ${name}`;
}

/** URNs that a resource needs in the state before it: the engine refuses a state without them. */
export function needs({ parent, provider, dependencies = [] }: StateResource): string[] {
  const providerUrn = provider?.slice(0, provider.lastIndexOf("::"));
  return [...dependencies, parent, providerUrn].filter((urn) => urn !== undefined);
}
