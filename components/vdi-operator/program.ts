import { contentHash } from "../objects/content-hash.ts";
import { operatorName } from "./rbac.ts";

/** What runs as the operator: an image that brings it, or a bundle that a stock Node image runs. */
export type OperatorProgram =
  | { readonly kind: "image"; readonly image: string }
  | {
      readonly kind: "bundle";
      /** One ES module, the built operator. */
      readonly text: string;
      /** Default: `nodeImage`. */
      readonly image?: string;
    };

/** Runs a bundle. The version is the one that the bundle is tested with. */
export const nodeImage = "node:24.21.0-alpine3.24";

/** Key of the bundle in its ConfigMap, and its file's name in the pod. */
export const bundleFile = "main.mjs";

const kilobyte = 1024;
const configMapLimit = kilobyte * kilobyte;

/** Why the bundle cannot be shipped, and what to do, as a sentence; undefined when it can. */
export function bundleProblem(text: string): string | undefined {
  const bytes = Buffer.byteLength(text) + bundleFile.length;
  if (bytes <= configMapLimit) return undefined;
  return (
    `The operator's bundle has ${Math.ceil(bytes / kilobyte)} KiB, and a ConfigMap holds 1024 KiB. Build it minified and ` +
    `without source map, or put it into an image and name that by kasm-vdi:operator.image.`
  );
}

/**
 * The ConfigMap that carries a bundle. Its name holds the content's hash, so that a new bundle rolls the pods and an old
 * one stays until they are gone.
 */
export function bundleConfigMap(text: string, operatorNamespace: string) {
  return {
    metadata: { name: `${operatorName}-${contentHash(text)}`, namespace: operatorNamespace },
    data: { [bundleFile]: text },
    immutable: true,
  };
}
