import { parseDocument, stringify } from "yaml";
import { slicesPerNode } from "../components/capacity/node-pool.ts";
import { loadConfig } from "./config.ts";
import type { StackConfig } from "./config.ts";
import { keyReferences } from "./reference.ts";
import { plannedOutputs } from "./outputs.ts";

/** A stack file that is no YAML, or has no config. */
export class StackFileError extends Error {}

/**
 * Reads a stack file as the program would, and tells what it amounts to as YAML: every default filled in, secrets left
 * out. Values that the engine alone can decrypt are taken for right.
 *
 * @throws ConfigError with every problem of the config
 * @throws StackFileError for a file that is no stack file
 */
export function checkStackFile(file: string, text: string): string {
  const document = parseDocument(text);
  const [mistake] = document.errors;
  if (mistake) throw new StackFileError(`${file}: not YAML: ${mistake.message}`);
  const { config: source } = (document.toJS() ?? {}) as { config?: Record<string, unknown> };
  if (source === undefined) throw new StackFileError(`${file}: has no config; it is what \`pulumi config set\` writes`);
  const encrypted = Object.keys(source).filter((key) => isEncrypted(source[key]));
  const readable = Object.fromEntries(Object.entries(source).filter(([key]) => !encrypted.includes(key)));
  const config = loadConfig(withoutEncryption(readable) as Record<string, unknown>, file);
  return [
    `# ${file} is valid`,
    ...notes(config),
    ...encrypted.map((key) => `# ${key} is encrypted as a whole and was not looked at`),
    stringify({ ...(withoutSecrets(config) as object), outputs: plannedOutputs(config) }, { lineWidth: 120 }).trimEnd(),
  ].join("\n");
}

// NVIDIA's drivers for GeForce cards: jellyfin#8719. Which cards the nodes have is seen by preflight alone.
const encodersOnGeForce = { least: 2, most: 12 };

/** What the program cannot judge by the config, and people should know of. */
function notes({ pools }: StackConfig): string[] {
  const desktops = Math.max(0, ...pools.map(slicesPerNode));
  const { least, most } = encodersOnGeForce;
  if (desktops <= least) return [];
  return [
    `# up to ${desktops} desktops share the GPUs of a node; on GeForce cards ${least} to ${most} of them, by the driver, can encode video at once`,
  ];
}

/** `{secure: v1:...}`, as `pulumi config set --secret` writes it. */
function isEncrypted(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).join() === "secure";
}

function withoutEncryption(value: unknown): unknown {
  return isEncrypted(value) ? "encrypted" : mapped(value, withoutEncryption);
}

const secretNames = new Set(
  keyReferences()
    .filter(({ isSecret }) => isSecret)
    .map(({ key }) => key.split(".").at(-1)),
);

function withoutSecrets(value: unknown): unknown {
  return mapped(value, (entry, name) => (secretNames.has(name) ? "(secret)" : withoutSecrets(entry)));
}

function mapped(value: unknown, change: (entry: unknown, name: string) => unknown): unknown {
  if (Array.isArray(value)) return value.map((entry, index) => change(entry, `${index}`));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, change(entry, name)]));
}
