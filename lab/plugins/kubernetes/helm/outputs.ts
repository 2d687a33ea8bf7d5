import { Unknown, isObject, isSecret, markSecretsLike, secret } from "../../rpc/property.ts";
import type { PropertyMap } from "../../rpc/property.ts";
import { encodeRelease, markUnknownsLike } from "./inputs.ts";
import type { Release } from "./inputs.ts";
import { resourceNames } from "./manifest.ts";
import type { HelmRecord } from "./record.ts";
import { mergeValues } from "./values.ts";

/** What state holds of a release in the cluster: its inputs, the record's view of them, names and status. */
export function outputsOf(release: Release, record: HelmRecord, inputs: PropertyMap): PropertyMap {
  const { metadata } = record.chart;
  const outputs: PropertyMap = {
    ...encodeRelease({
      ...release,
      name: release.name || record.name,
      namespace: release.namespace || record.namespace,
      chart: release.chart || metadata.name,
      version: metadata.version,
      values: mergeValues(release.values, record.config ?? {}),
    }),
    resourceNames: resourceNames(record.manifest),
    status: {
      appVersion: metadata.appVersion ?? "",
      chart: metadata.name,
      name: record.name,
      namespace: record.namespace,
      revision: record.version,
      status: record.info.status,
      version: metadata.version,
    },
  };
  return withInputs(outputs, inputs);
}

/** What a preview can tell: the inputs, and that names and status are still to come. */
export function previewOutputs(release: Release, inputs: PropertyMap): PropertyMap {
  return { ...withInputs(encodeRelease(release), inputs), resourceNames: new Unknown(), status: new Unknown() };
}

/** The inputs that state keeps in `__inputs`; undefined for a state without them (an import begins so). */
export function storedInputs(state: PropertyMap): PropertyMap | undefined {
  const kept = state.__inputs;
  const inputs = isSecret(kept) ? kept.value : kept;
  return isObject(inputs) ? inputs : undefined;
}

function withInputs(outputs: PropertyMap, inputs: PropertyMap): PropertyMap {
  return { ...markSecretsLike(inputs, markUnknownsLike(inputs, outputs)), __inputs: secret(inputs) };
}
