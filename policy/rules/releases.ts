import { kinds } from "../resource.ts";
import type { ResourceRule } from "../rule.ts";
import { isAbsent, leaves, text, unknownValue } from "../value.ts";

export const releases: ResourceRule = {
  name: "releases-are-reproducible",
  description: "A Release has a fixed name, an exact version and nothing that is only known after `up`",
  why: "A random name changes with each replacement, an open version with the day; with anything unknown the chart is not even loaded in a preview.",
  fix: "Set name and version; hand unknown values to the chart by the name of a Secret or ConfigMap.",
  level: "mandatory",
  *check({ type, name, props }) {
    if (type !== kinds.release) return;
    const release = text(props["name"]);
    // The provider's own names are the resource's with eight hexadecimal digits.
    if (isAbsent(props["name"]) || (release?.startsWith(`${name}-`) === true && /-[0-9a-f]{8}$/.test(release)))
      yield "no fixed name";
    const version = props["version"];
    if (isAbsent(version)) yield "no version";
    else if (typeof version === "string" && !/^v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/.test(version))
      yield `version ${version} is not exact`;
    for (const { path, value } of leaves(props)) if (value === unknownValue) yield `${path.join(".")} is not known`;
  },
};
