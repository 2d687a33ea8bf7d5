import { parseAllDocuments } from "yaml";
import type { Revision } from "../helm/revision.ts";
import type { AnyObject } from "../kube/client.ts";
import { holdsSecret, isPlainObject, secret, withUnderscores } from "./property-values.ts";
import type { StateResource } from "./state.ts";

/**
 * A resource as the plugin puts it into the state when it has made its object (checkpointObject in provider.go).
 *
 * @param manager the name under which the plugin wrote the object, and has to go on: under another its next change would be
 *   in conflict with this one. Undefined when the server has noted none.
 */
export function madeObject(resource: StateResource, live: AnyObject, manager: string | undefined): StateResource {
  const { inputs = {} } = resource;
  const { name = "", namespace } = live.metadata ?? {};
  return {
    ...resource,
    id: namespace === undefined ? name : `${namespace}/${name}`,
    outputs: {
      ...withSecretsOf(inputs, withUnderscores(live) as Record<string, unknown>),
      ...{ __inputs: inputs, __initialApiVersion: inputs["apiVersion"] },
      ...(manager !== undefined && { __fieldManager: manager }),
    },
  };
}

/** A release as the plugin puts it into the state when Helm has installed it (checkpointRelease in helm_release.go). */
export function installedRelease(resource: StateResource, revision: Revision): StateResource {
  const { inputs = {} } = resource;
  const { name, namespace, chart, number, status, manifest } = revision;
  const { appVersion, version } = chart;
  return {
    ...resource,
    id: `${namespace}/${name}`,
    outputs: {
      ...inputs,
      __inputs: secret(inputs),
      resourceNames: resourceNames(manifest),
      status: { name, namespace, chart: chart.name, version, appVersion, revision: number, status },
    },
  };
}

/** What is secret in the inputs is so in the outputs, and all content of a Secret is (annotateSecrets in provider.go). */
function withSecretsOf(inputs: Record<string, unknown>, outputs: Record<string, unknown>): Record<string, unknown> {
  const isSecretKind = outputs["kind"] === "Secret";
  return Object.fromEntries(
    Object.entries(outputs).map(([key, value]) => {
      const input = inputs[key];
      if (isSecretKind) return [key, ["data", "stringData"].includes(key) ? secret(value) : value];
      if (isPlainObject(value) && isPlainObject(input)) return [key, withSecretsOf(input, value)];
      return [key, holdsSecret(input) ? secret(value) : value];
    }),
  );
}

/** Names by kind, group and version; with a namespace where the manifest has one (convertYAMLManifestToJSON). */
function resourceNames(manifest: string): Record<string, string[]> {
  const documents = parseAllDocuments(manifest).map((document) => document.toJS() as AnyObject | null);
  const objects = documents.filter((object) => object !== null);
  const byKind = Map.groupBy(objects, ({ apiVersion = "", kind = "" }) => {
    const [group] = apiVersion.includes("/") ? apiVersion.split("/") : [];
    return `${kind}${group === undefined ? "" : `.${group}`}/${apiVersion}`;
  });
  const nameOf = ({ metadata: { namespace, name = "" } = {} }: AnyObject) =>
    namespace === undefined ? name : `${namespace}/${name}`;
  return Object.fromEntries([...byKind].map(([kind, some]) => [kind, some.map(nameOf).sort()]));
}
