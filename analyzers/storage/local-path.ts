/**
 * What the provisioner cannot do without (local-path-provisioner: provisioner.go). Each of its helper pods mounts both scripts,
 * whichever it runs; the other two are read at its next start.
 */
export const neededKeys = ["config.json", "setup", "teardown", "helperPod.yaml"];

/** What is wrong with the provisioner's ConfigMap itself; undefined when it can be read. */
export function configProblem(data: Readonly<Record<string, string>>): string | undefined {
  const missing = neededKeys.filter((key) => data[key] === undefined);
  if (missing.length > 0) return `has no key ${missing.join(", ")}`;
  if (!isJson(data["config.json"] ?? "")) return "has a config.json that is no JSON, so the one before stays in force";
  if (data["setupCommand"] !== undefined)
    return "has a key setupCommand, which nobody reads: it is a field within config.json, and scripts go into the key setup";
  return undefined;
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === "object";
  } catch {
    return false;
  }
}
