import { containsUnknown, markSecretsLike, reveal } from "../../rpc/property.ts";
import type { PropertyMap } from "../../rpc/property.ts";
import type {
  Call,
  CheckRequest,
  CheckResponse,
  CreateRequest,
  CreateResponse,
  DeleteRequest,
  DiffRequest,
  DiffResponse,
  ReadRequest,
  ReadResponse,
  UpdateRequest,
  UpdateResponse,
} from "../../rpc/provider.ts";
import { chartSource, loadChart } from "./chart.ts";
import { compareRelease } from "./diff.ts";
import { withHelmHome } from "./home.ts";
import { decodeRelease, encodeRelease, markUnknownsLike } from "./inputs.ts";
import type { Release } from "./inputs.ts";
import { withDefaults } from "./naming.ts";
import { applyRelease, removeRelease } from "./operations.ts";
import { outputsOf, previewOutputs, storedInputs } from "./outputs.ts";
import { readRecord } from "./record.ts";
import type { HelmRecord } from "./record.ts";
import { secretTexts } from "./redact.ts";
import type { HelmSettings } from "./settings.ts";
import { mergeValues, valuesFromFiles } from "./values.ts";

/** `kubernetes:helm.sh/v3:Release`: the operations that the provider calls for resources of this type. */
export const releaseType = "kubernetes:helm.sh/v3:Release";

/**
 * Fills in defaults, merges valueYamlFiles into values, and resolves `version` to the version of the chart found.
 * With unknown inputs the chart is not looked for. A chart that cannot be had is a failure of the input `chart`.
 */
export async function checkRelease(settings: HelmSettings, request: CheckRequest, call: Call): Promise<CheckResponse> {
  const { namespace, client } = settings;
  const context = { resourceName: request.name, namespace, randomSeed: request.randomSeed };
  const news = withDefaults(request.news, request.olds, context);
  const files = await valuesFromFiles(news.valueYamlFiles).catch((error: unknown) => (error as Error).message);
  const { release, failures } = decodeRelease(news);
  if (typeof files === "string") failures.push({ property: "valueYamlFiles", reason: files });
  else release.values = mergeValues(reveal(files), release.values);
  if (release.allowNullValues)
    call.log.warning("allowNullValues is deprecated and has no effect: null values are always kept");

  if (failures.length === 0 && !containsUnknown(news)) {
    const run = { signal: call.signal, secrets: secretTexts(news) };
    try {
      const chart = await withHelmHome(client.config, (home) => loadChart(home, release, run), usesUserSetup(release));
      release.version = chart.version;
    } catch (error) {
      failures.push({ property: "chart", reason: (error as Error).message });
    }
  }
  const inputs = markSecretsLike(news, markUnknownsLike(news, encodeRelease(release)));
  const values = typeof files === "object" ? markSecretsLike({ values: files }, inputs) : inputs;
  return { inputs: values, failures };
}

export function diffRelease(request: DiffRequest): DiffResponse {
  const { version } = request.olds;
  const keepsVersion = request.ignoreChanges.includes("version") && version !== undefined;
  const news = keepsVersion ? { ...request.news, version } : request.news;
  const oldInputs = { ...(storedInputs(request.olds) ?? request.oldInputs) };
  // Inputs of earlier versions of the provider.
  delete oldInputs.checksum;
  delete oldInputs.resourceNames;
  return compareRelease(oldInputs, request.olds, news);
}

/** @throws PartialError when helm made the release but it did not come up; an Error when nothing was made. */
export async function createRelease(
  settings: HelmSettings,
  request: CreateRequest,
  call: Call,
): Promise<CreateResponse> {
  const { properties: inputs, preview, timeoutSeconds } = request;
  const { release } = decodeRelease(inputs);
  if (preview) return { id: "", properties: previewOutputs(release, inputs) };
  const properties = await applyRelease(reachable(settings), "create", release, inputs, call, timeoutSeconds);
  return { id: releaseId(release), properties };
}

/** @throws PartialError when helm changed the release but it did not come up; an Error when nothing was changed. */
export async function updateRelease(
  settings: HelmSettings,
  request: UpdateRequest,
  call: Call,
): Promise<UpdateResponse> {
  const { news: inputs, preview, timeoutSeconds } = request;
  const { release } = decodeRelease(inputs);
  if (preview) return { properties: previewOutputs(release, inputs) };
  return { properties: await applyRelease(reachable(settings), "update", release, inputs, call, timeoutSeconds) };
}

/**
 * Serves refresh (state given), import and `get` (only an id, "namespace/name"). A refresh shows values that were
 * changed by helm itself, not changes of the objects that helm made.
 */
export async function readRelease(settings: HelmSettings, request: ReadRequest): Promise<ReadResponse> {
  const { client } = reachable(settings);
  const isImport = Object.keys(request.properties).length === 0;
  const { release } = decodeRelease(request.properties);
  const key = isImport ? parseId(request.id, settings.namespace) : release;
  const record = await readRecord(client, key.namespace, key.name);
  if (!record) return { id: "", properties: {}, inputs: {} };
  const inputs = storedInputs(request.properties) ?? importedInputs(record, settings.namespace);
  const known = isImport ? decodeRelease(inputs).release : release;
  return {
    id: request.id || `${record.namespace}/${record.name}`,
    properties: outputsOf(known, record, inputs),
    inputs,
  };
}

/** Success when the release is already gone. */
export async function deleteRelease(settings: HelmSettings, request: DeleteRequest, call: Call): Promise<void> {
  const { release } = decodeRelease(request.properties);
  await removeRelease(reachable(settings), release, secretTexts(request.properties), call, request.timeoutSeconds);
}

function usesUserSetup(release: Release): boolean {
  try {
    return chartSource(release).from === "alias";
  } catch {
    return false;
  }
}

function reachable(settings: HelmSettings): HelmSettings {
  if (settings.unreachable) throw new Error(`the cluster cannot be reached: ${settings.unreachable}`);
  return settings;
}

function releaseId({ namespace, name }: Release): string {
  return namespace ? `${namespace}/${name}` : name;
}

function parseId(id: string, defaultNamespace: string): { namespace: string; name: string } {
  const [first = "", second] = id.split("/");
  return second === undefined ? { namespace: defaultNamespace, name: first } : { namespace: first, name: second };
}

// The record does not tell where the chart came from; a chart in the program's folder is taken, else its bare name.
function importedInputs(record: HelmRecord, namespace: string): PropertyMap {
  const { name, version } = record.chart.metadata;
  const candidates = [`${name}-${version}`, `${name}-${version}.tgz`, name, `${name}.tgz`];
  const local = candidates.find((chart) => {
    try {
      return chartSource({ ...decodeRelease({ chart }).release }).from === "path";
    } catch {
      return false;
    }
  });
  const found: PropertyMap = {
    chart: local ?? name,
    name: record.name,
    namespace: record.namespace,
    values: record.config ?? {},
    version,
  };
  const filled = withDefaults(found, {}, { resourceName: name, namespace, randomSeed: new Uint8Array() });
  return encodeRelease(decodeRelease(filled).release);
}
