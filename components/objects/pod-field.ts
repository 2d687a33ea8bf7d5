/**
 * Source of an environment variable: a field of the pod itself. With the API version that the server would fill in, since a
 * reference is applied as a whole: without it, an apply by another field manager would be a conflict.
 */
export function ownField(fieldPath: "metadata.name" | "metadata.namespace" | "status.hostIP") {
  return { fieldRef: { apiVersion: "v1", fieldPath } };
}
