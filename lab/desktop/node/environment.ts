import type { Container, Pod } from "./pod-spec.ts";

/** What the image itself says, as images do in their configuration. */
const imageEnvironment = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: "/home/ubuntu",
  USER: "ubuntu",
  SHELL: "/bin/bash",
};

/** The image's own program, where the pod names none. */
const entryPoint = ["/usr/local/bin/desktop"];

/** What a container runs. */
export function commandOf({ command, args = [] }: Container): string[] {
  return [...(command ?? entryPoint), ...args];
}

/** Names of Secrets that the environment is made from. */
export function secretsOf({ env = [] }: Container): string[] {
  return [...new Set(env.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef?.name ?? []))];
}

/**
 * A container's whole environment.
 * @param secrets content of the Secrets that it names, decoded
 * @throws Error as the kubelet words it, for CreateContainerConfigError
 */
export function environmentOf(
  { metadata }: Pod,
  { env = [] }: Container,
  secrets: ReadonlyMap<string, Readonly<Record<string, string>>>,
  podIp: string,
): Record<string, string> {
  const fields: Record<string, string> = {
    "status.podIP": podIp,
    "metadata.name": metadata.name,
    "metadata.namespace": metadata.namespace,
  };
  const given = env.map(({ name, value = "", valueFrom }) => {
    const { secretKeyRef, fieldRef } = valueFrom ?? {};
    if (fieldRef) return [name, fields[fieldRef.fieldPath] ?? ""];
    if (!secretKeyRef) return [name, value];
    const secret = secrets.get(secretKeyRef.name);
    if (!secret) throw new Error(`secret "${secretKeyRef.name}" not found`);
    const found = secret[secretKeyRef.key];
    if (found === undefined)
      throw new Error(`couldn't find key ${secretKeyRef.key} in Secret ${metadata.namespace}/${secretKeyRef.name}`);
    return [name, found];
  });
  return { ...imageEnvironment, HOSTNAME: metadata.name, ...(Object.fromEntries(given) as Record<string, string>) };
}
