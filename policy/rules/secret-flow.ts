import { kinds } from "../resource.ts";
import type { PolicyResource } from "../resource.ts";
import type { StackRule } from "../rule.ts";
import { assignedSecrets, isSecretKey } from "../secret-text.ts";
import { entries, leaves } from "../value.ts";

// Traefik takes the headers that it adds to requests from nowhere else.
const addedHeaders = "spec.headers.customRequestHeaders.";
// A shorter text may be in another by chance.
const shortestSecret = 8;

export const secretFlow: StackRule = {
  name: "secrets-stay-in-secrets",
  description: "No value of a Secret is in another object or in the text of a command",
  why: "There it can be read by whoever may not read the Secret, and a rotation would leave it behind.",
  fix: "Refer to the Secret by its name.",
  level: "mandatory",
  *checkStack(resources) {
    const secrets = resources.filter(({ type }) => type === kinds.secret).flatMap(valuesOf);
    for (const resource of resources)
      for (const { path, value } of visible(resource)) {
        const leaked = secrets.find((secret) => typeof value === "string" && value.includes(secret.value));
        if (leaked) yield { resource, fault: `${path.join(".")} holds ${leaked.key} of Secret ${leaked.of}` };
      }
  },
};

function valuesOf({ name, props }: PolicyResource): { of: string; key: string; value: string }[] {
  const decoded = entries(props["data"]).map(([key, value]): [string, unknown] => [
    key,
    typeof value === "string" ? Buffer.from(value, "base64").toString() : undefined,
  ]);
  return [...entries(props["stringData"]), ...decoded].flatMap(([key, value]) => {
    if (typeof value !== "string") return [];
    const found = isSecretKey(key) ? [{ key, value }] : assignedSecrets(value);
    return found.filter((secret) => secret.value.length >= shortestSecret).map((secret) => ({ of: name, ...secret }));
  });
}

function visible({ type, props }: PolicyResource): ReturnType<typeof leaves> {
  if (type === kinds.localCommand || type === kinds.remoteCommand)
    return ["create", "update", "delete"].flatMap((key) => leaves(props[key], [key]));
  if (!type.startsWith("kubernetes:") || type === kinds.secret) return [];
  return leaves(props).filter(({ path }) => type !== kinds.middleware || !path.join(".").startsWith(addedHeaders));
}
