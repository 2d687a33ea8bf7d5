import { podsOf } from "../pods.ts";
import { kinds } from "../resource.ts";
import type { PolicyResource } from "../resource.ts";
import type { ResourceRule } from "../rule.ts";
import { isLiteral, isSecretKey, secretsIn } from "../secret-text.ts";
import { entries, field, leaves, list, text } from "../value.ts";

export const releaseSecrets: ResourceRule = {
  name: "no-secrets-in-releases",
  description: "A Release's values hold no secret",
  why: "Values are kept in clear in Helm's own record, are shown in diffs, and make the first preview incomplete.",
  fix: "Put the secret into a Secret and give the chart the Secret's name.",
  level: "mandatory",
  *check(resource) {
    if (resource.type !== kinds.release) return;
    yield* markedBelow(resource, "values");
    for (const { path, value } of leaves(resource.props["values"])) {
      // An item of a list goes by the name of the list.
      const key = path.findLast((part) => !/^\d+$/.test(part)) ?? "";
      if (typeof value === "string" && isSecretKey(key) && isLiteral(value))
        yield `values.${path.join(".")} is a literal`;
      else if (typeof value === "string")
        for (const what of secretsIn(value)) yield `values.${path.join(".")} holds ${what}`;
    }
  },
};

export const configMapSecrets: ResourceRule = {
  name: "no-secrets-in-config-maps",
  description: "A ConfigMap holds no secret",
  why: "ConfigMaps are readable by far more accounts than Secrets, and are shown in diffs.",
  fix: "Move the text into a Secret, or let the program read the secret from a mounted file or its environment.",
  level: "mandatory",
  *check(resource) {
    if (resource.type !== kinds.configMap) return;
    yield* markedBelow(resource, "data");
    for (const [key, value] of entries(resource.props["data"])) {
      if (typeof value !== "string") continue;
      if (isSecretKey(key) && isLiteral(value)) yield `data.${key} is a literal`;
      for (const what of secretsIn(value, /\.[cm]?[jt]s$/.test(key))) yield `data.${key} holds ${what}`;
    }
  },
};

export const commandSecrets: ResourceRule = {
  name: "no-secrets-in-commands",
  description: "The text of a command holds no secret",
  why: "The text is in the list of processes, in the state and in every error message.",
  fix: "Hand the secret over by `environment` or `stdin`.",
  level: "mandatory",
  *check(resource) {
    if (resource.type !== kinds.localCommand && resource.type !== kinds.remoteCommand) return;
    for (const key of ["create", "update", "delete"]) {
      yield* markedBelow(resource, key);
      for (const what of secretsIn(text(resource.props[key]) ?? "")) yield `${key} holds ${what}`;
    }
  },
};

export const podSecrets: ResourceRule = {
  name: "no-secrets-in-pod-specs",
  description: "A pod's environment, command and arguments hold no secret",
  why: "Whoever may list pods reads them, and they are in the list of processes of the node.",
  fix: "Use valueFrom.secretKeyRef, or mount the Secret as a file.",
  level: "mandatory",
  *check(resource) {
    for (const { title, spec } of podsOf(resource).flatMap(({ containers }) => containers)) {
      for (const variable of list(field(spec, "env"))) {
        const [name, value] = [text(field(variable, "name")) ?? "", text(field(variable, "value")) ?? ""];
        if ((isSecretKey(name) && isLiteral(value)) || secretsIn(value).length > 0)
          yield `${title} has ${name} as a literal`;
      }
      const command = [...list(field(spec, "command")), ...list(field(spec, "args"))].flatMap(
        (part) => text(part) ?? [],
      );
      for (const what of secretsIn(command.join(" "))) yield `the arguments of ${title} hold ${what}`;
    }
  },
};

/** Inputs that the program itself marks as secret, where that is told. */
function* markedBelow({ secrets = [] }: PolicyResource, root: string): Iterable<string> {
  for (const path of secrets)
    if (path === root || path.startsWith(`${root}.`) || path.startsWith(`${root}[`))
      yield `${path} is marked as secret`;
}
