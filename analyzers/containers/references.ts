import type { ContainerStatus, Pod } from "../../kube/kinds.ts";
import { untrusted } from "../../kube/untrusted-text.ts";
import type { Code } from "../catalog.ts";
import type { ObjectRef } from "../finding.ts";
import type { Verdict } from "../verdict.ts";

export type ReferenceCode = "SecretMissing" | "ConfigMapMissing" | "ConfigKeyMissing";

/** What a pod refers to and is not there. */
export interface MissingReference extends Verdict<ReferenceCode> {
  readonly kind: "Secret" | "ConfigMap";
  readonly name: string;
}

/**
 * What a message of the kubelet says is missing: `secret "x" not found`, `couldn't find key K in Secret NS/x`, `references
 * non-existent secret key: K`. Sources: pkg/kubelet/kubelet_pods.go, pkg/volume/{secret,configmap}.
 */
export function missingReference(message: string): MissingReference | undefined {
  const said = untrusted(message);
  const [, kindOfKey, key, where] =
    /couldn't find key (?=\S+ in (Secret|ConfigMap) )(\S+) in \w+ (\S+)/.exec(said) ?? [];
  if (kindOfKey !== undefined && key !== undefined && where !== undefined)
    return keyMissing(kindOfKey as "Secret" | "ConfigMap", where.split("/").at(-1) ?? where, key);
  const [, word, name] = /\b(secret|configmap)s? "([^"]*)" not found/i.exec(said) ?? [];
  if (word === undefined || name === undefined) return undefined;
  return objectMissing(word.toLowerCase() === "secret" ? "Secret" : "ConfigMap", name);
}

/** The Secret or ConfigMap that a container waits for, where all that is wrong is that it does not exist. */
export function missingObject(pod: Pod, code: Code, status: ContainerStatus | undefined): ObjectRef | undefined {
  if (code !== "SecretMissing" && code !== "ConfigMapMissing") return undefined;
  const missing = missingReference(status?.state?.waiting?.message ?? "");
  return missing && { kind: missing.kind, namespace: pod.metadata.namespace ?? "", name: missing.name };
}

export function objectMissing(kind: "Secret" | "ConfigMap", name: string): MissingReference {
  return {
    code: `${kind}Missing`,
    kind,
    name,
    problem: `${kind} ${name} does not exist`,
    remedy: `Create ${kind} ${name}, or correct the reference to it; the kubelet tries again by itself.`,
  };
}

export function keyMissing(kind: "Secret" | "ConfigMap", name: string, key: string): MissingReference {
  return {
    code: "ConfigKeyMissing",
    kind,
    name,
    problem: `${kind} ${name} has no key ${key}`,
    remedy: `Add key ${key} to ${kind} ${name}, or correct the reference to it; the kubelet tries again by itself.`,
  };
}

/** A volume that is made of a key which is not there; the message does not name the object. */
export function missingVolumeKey(message: string): string | undefined {
  return /references non-existent (?:secret|config) key: (\S+)/.exec(untrusted(message))?.[1];
}
