import type { CheckFailure, CheckRequest, CheckResponse, DiffRequest, DiffResponse } from "../rpc/provider.ts";
import { isUnknown, reveal, sameValue } from "../rpc/property.ts";
import type { PropertyMap } from "../rpc/property.ts";
import { activeCluster } from "./kubeconfig.ts";
import { flag } from "./settings.ts";

/** Validates the options of `pulumi:providers:kubernetes`. */
export function checkConfig({ urn, news }: CheckRequest): CheckResponse {
  const options = reveal(news);
  const isStrict = flag(options["strictMode"]) ?? flag(stackConfig()["strictMode"]) ?? false;
  const failures = [...(isStrict ? strictFailures(urn, options) : []), ...renderFailures(options)];
  return { inputs: news, failures };
}

function strictFailures(urn: string, options: PropertyMap): CheckFailure[] {
  const failures: CheckFailure[] = [];
  if (/::default(_[^:]*)?$/.test(urn)) {
    failures.push({ property: "", reason: "strict mode prohibits default provider" });
  }
  for (const property of ["kubeconfig", "context"]) {
    if (!options[property]) failures.push({ property, reason: `strict mode requires Provider "${property}" argument` });
  }
  return failures;
}

function renderFailures(options: PropertyMap): CheckFailure[] {
  if (!options["renderYamlToDirectory"] && flag(options["alwaysRender"]) !== true) return [];
  const reason = "this stand-in for the official provider does not render YAML; install the official plugin for that";
  return [{ property: "renderYamlToDirectory", reason }];
}

/** Configuration keys of the stack that begin with `kubernetes:`, which the engine passes on. */
function stackConfig(): PropertyMap {
  try {
    return JSON.parse(process.env["PULUMI_CONFIG"] ?? "{}") as PropertyMap;
  } catch {
    return {};
  }
}

/**
 * What a change of options means for everything that the provider made: replacement when the options now choose another cluster. With a
 * `clusterIdentifier`, only a change of that identifier does; a kubeconfig may then change freely.
 */
export function diffConfig({ olds, news }: DiffRequest): DiffResponse {
  const before = reveal(olds);
  const after = reveal(news);
  const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (key) => key !== "version" && !sameValue(before[key] ?? null, after[key] ?? null),
  );
  if (changed.length === 0) return { changes: false };
  const replaces = replacingKeys(before, after, changed);
  return {
    changes: true,
    replaces,
    detailedDiff: Object.fromEntries(
      changed.map((key) => [key, { kind: replaces.includes(key) ? "update-replace" : "update", inputDiff: true }]),
    ),
  };
}

function replacingKeys(before: PropertyMap, after: PropertyMap, changed: string[]): string[] {
  const identifier = "clusterIdentifier";
  if (after[identifier] && !changed.includes(identifier)) return [];
  const replaces = before[identifier] && after[identifier] && changed.includes(identifier) ? [identifier] : [];
  const choosing = ["kubeconfig", "context", "cluster"];
  const unknown = choosing.filter((key) => isUnknown(after[key]));
  if (unknown.length > 0) return [...replaces, ...unknown];
  const [oldCluster, newCluster] = [activeCluster(before), activeCluster(after)];
  if (oldCluster === undefined || newCluster === undefined || oldCluster === newCluster) return replaces;
  return [...replaces, ...choosing.filter((key) => changed.includes(key))];
}
