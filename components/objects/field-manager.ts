import type * as pulumi from "@pulumi/pulumi";

/** Names the manager of an object's fields to the Kubernetes plugin, which else makes up another in each run. */
const annotation = "pulumi.com/patchFieldManager";

/**
 * Lets all runs of a stack write its objects under one name. An object that a run was killed over is made once more by the
 * next one: under another name the server would keep both as its managers, and refuse the next change as a conflict between
 * them. An object that the stack has already goes on under the name that it has.
 */
export function fieldManager(manager: string): pulumi.ResourceTransformation {
  return ({ type, props, opts }) => {
    const { metadata } = props as { metadata?: Metadata };
    // A patch manages fields of what is somebody else's.
    if (!type.startsWith("kubernetes:") || type.endsWith("Patch") || metadata === undefined) return undefined;
    const { annotations } = metadata;
    const ignored = annotations === undefined ? "metadata.annotations" : `metadata.annotations["${annotation}"]`;
    return {
      props: { ...props, metadata: { ...metadata, annotations: { ...annotations, [annotation]: manager } } },
      opts: { ...opts, ignoreChanges: [...(opts.ignoreChanges ?? []), ignored] },
    };
  };
}

type Metadata = Record<string, unknown> & { annotations?: Record<string, string> };
