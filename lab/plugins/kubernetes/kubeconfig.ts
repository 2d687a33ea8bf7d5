import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";

import { parse, YAMLParseError } from "yaml";

import { SharedKubeConfig } from "../../../kube/client.ts";
import type { PropertyValue } from "../rpc/property.ts";
import { isObject, reveal, toJson } from "../rpc/property.ts";

/** The parts of the provider's options that choose a cluster. */
export interface ClusterChoice {
  /** Path or content; undefined takes what kubectl would take. */
  kubeconfig: string | undefined;
  context: string | undefined;
  cluster: string | undefined;
  namespace: string | undefined;
}

/**
 * The kubeconfig with the options' overrides applied.
 * @throws with a message that never quotes the file: it holds credentials
 */
export function loadCluster(choice: ClusterChoice): SharedKubeConfig {
  const config = new SharedKubeConfig();
  if (choice.kubeconfig) config.loadFromString(validated(kubeconfigText(choice.kubeconfig)));
  else config.loadFromDefault();
  if (choice.context) {
    if (!config.getContextObject(choice.context)) throw new Error(`the kubeconfig has no context "${choice.context}"`);
    config.setCurrentContext(choice.context);
  }
  if (choice.cluster) {
    const { currentContext, contexts } = config;
    config.contexts = contexts.map((one) =>
      one.name === currentContext ? { ...one, cluster: choice.cluster ?? one.cluster } : one,
    );
  }
  if (!config.getCurrentCluster()) throw new Error("the kubeconfig names no cluster for its current context");
  return config;
}

/** Namespace for objects that name none: the option, else the context's, else `default`. */
export function defaultNamespace(config: SharedKubeConfig, choice: ClusterChoice): string {
  const ofContext = config.getContextObject(config.currentContext)?.namespace;
  return choice.namespace ?? (ofContext || "default");
}

/** Content of a kubeconfig that is given as a path (`~` allowed) or as the content itself. */
export function kubeconfigText(pathOrContent: string): string {
  const path = pathOrContent.replace(/^~(?=$|\/)/, homedir());
  return !path.includes("\n") && existsSync(path) ? readFileSync(path, "utf8") : pathOrContent;
}

/**
 * The cluster entry (server, CA ...) that the options choose, as JSON text for comparison. Undefined when nothing can be told, for example
 * because no kubeconfig is given.
 */
export function activeCluster(options: Record<string, PropertyValue>): string | undefined {
  const given = reveal(options["kubeconfig"] ?? null);
  if (given === null || given === "") return undefined;
  const content = typeof given === "string" ? kubeconfigText(given) : JSON.stringify(toJson(given));
  const config = parsed(content);
  const contextName = options["context"] ?? config["current-context"] ?? null;
  const context = entry(config["contexts"], contextName, "context");
  const clusterName = options["cluster"] ?? (isObject(context) ? context.cluster : undefined) ?? null;
  const cluster = isObject(context) ? entry(config["clusters"], clusterName, "cluster") : undefined;
  return cluster === undefined ? undefined : JSON.stringify(cluster);
}

function entry(list: PropertyValue | undefined, name: PropertyValue, kind: string): PropertyValue | undefined {
  const found = (Array.isArray(list) ? list : []).find((one) => isObject(one) && one.name === name);
  return isObject(found) ? found[kind] : undefined;
}

function validated(content: string): string {
  parsed(content);
  return content;
}

function parsed(content: string): Record<string, PropertyValue> {
  let value: unknown;
  try {
    value = parse(content);
  } catch (error) {
    const where = error instanceof YAMLParseError && error.linePos ? ` (line ${error.linePos[0].line})` : "";
    throw new Error(`the kubeconfig is neither an existing file nor valid YAML or JSON${where}`, { cause: undefined });
  }
  if (!isObject(value as PropertyValue)) {
    throw new Error("the kubeconfig is neither an existing file nor the content of one");
  }
  return value as Record<string, PropertyValue>;
}
