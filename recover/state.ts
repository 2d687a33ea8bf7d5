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

/**
 * The stack with more resources, and without its pending operations, which `pulumi stack import` drops in any case. They
 * come last, as they depend on others and nothing depends on them yet.
 */
export function withResources(stack: ExportedStack, added: readonly StateResource[]): ExportedStack {
  const { resources = [] } = stack.deployment;
  const deployment = { ...stack.deployment, resources: [...resources, ...added], pending_operations: [] };
  return { ...stack, deployment };
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

/**
 * A Kubernetes object as it goes to the API server: secrets in plain text, and the keys that the SDK spells with
 * underscores as Kubernetes has them (`x_kubernetes_preserve_unknown_fields`).
 */
export function objectOf(inputs: unknown): unknown {
  if (Array.isArray(inputs)) return inputs.map(objectOf);
  if (typeof inputs !== "object" || inputs === null) return inputs;
  const { [signature]: kind, plaintext } = inputs as Record<string, unknown>;
  if (kind === secretSignature) return objectOf(JSON.parse(String(plaintext)));
  return Object.fromEntries(
    Object.entries(inputs).map(([key, value]) => [
      key.startsWith("x_kubernetes_") ? key.replaceAll("_", "-") : key,
      objectOf(value),
    ]),
  );
}

/** A value that the engine encrypts when it takes the state in. */
export function secret(value: unknown): Record<string, unknown> {
  return { [signature]: secretSignature, plaintext: JSON.stringify(value) };
}

// sdk/go/common/resource/properties.go: SigKey and SecretSig.
const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
