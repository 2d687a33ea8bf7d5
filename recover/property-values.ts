/** Values as an exported state has them: JSON, with secrets in a form of their own. */

// sdk/go/common/resource/properties.go: SigKey and SecretSig.
const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** A value that the engine encrypts when it takes the state in. */
export function secret(value: unknown): Record<string, unknown> {
  return { [signature]: secretSignature, plaintext: JSON.stringify(value) };
}

export function holdsSecret(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsSecret);
  if (typeof value !== "object" || value === null) return false;
  return isSecret(value) || Object.values(value).some(holdsSecret);
}

/** An object of fields, and not a secret. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isSecret(value);
}

/** Inputs as they go to the API server: secrets in plain text, and the names of fields as Kubernetes has them. */
export function plain(inputs: unknown): unknown {
  if (Array.isArray(inputs)) return inputs.map(plain);
  if (typeof inputs !== "object" || inputs === null) return inputs;
  if (isSecret(inputs)) return plain(JSON.parse(String(inputs.plaintext)));
  return renamed(inputs, /^x_kubernetes_/, "_", "-", plain);
}

/** An object of the API with its fields named as the plugin does: `x_kubernetes_preserve_unknown_fields`. */
export function withUnderscores(object: unknown): unknown {
  if (Array.isArray(object)) return object.map(withUnderscores);
  if (typeof object !== "object" || object === null) return object;
  return renamed(object, /^x-kubernetes-/, "-", "_", withUnderscores);
}

function renamed(object: object, which: RegExp, from: string, to: string, inner: (value: unknown) => unknown): object {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [which.test(key) ? key.replaceAll(from, to) : key, inner(value)]),
  );
}

function isSecret(value: object): value is { plaintext?: string } {
  return (value as Record<string, unknown>)[signature] === secretSignature;
}
