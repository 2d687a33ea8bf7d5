interface PathMap {
  nodePathMap?: { node: string; paths: string[] }[];
}

interface PathConfig extends PathMap {
  storageClassConfigs?: Record<string, PathMap>;
}

/** Directory on the node under which volumes of a class go, from the provisioner's config.json. */
export function nodeBasePath(
  configJson: string | undefined,
  className: string,
  node: string,
): { path: string } | { failure: string } {
  const config = parse(configJson);
  if (!config) return { failure: "invalid or missing config.json" };
  const classMap = config.storageClassConfigs;
  if (classMap && !(className in classMap)) return { failure: `Got request for unexpected storage class ${className}` };
  const entries = (classMap?.[className] ?? config).nodePathMap ?? [];
  const entry =
    entries.find((candidate) => candidate.node === node) ??
    entries.find((candidate) => candidate.node === "DEFAULT_PATH_FOR_NON_LISTED_NODES");
  if (!entry)
    return { failure: `config doesn't contain node ${node}, and no DEFAULT_PATH_FOR_NON_LISTED_NODES available` };
  // With several paths the provisioner draws one by lot; the first is one of the draws.
  const [path] = entry.paths;
  return path === undefined ? { failure: `no local path available on node ${node}` } : { path };
}

function parse(text: string | undefined): PathConfig | undefined {
  try {
    return JSON.parse(text ?? "") as PathConfig;
  } catch {
    return undefined;
  }
}
