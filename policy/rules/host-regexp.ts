import type { ResourceRule } from "../rule.ts";
import { field, list, text } from "../value.ts";

export const hostRegexp: ResourceRule = {
  name: "host-regexps-are-anchored",
  description: "Every HostRegexp of an IngressRoute begins with ^ and ends with $",
  why: "Traefik 3 takes a match anywhere in the name, so that a name of somebody else's, with ours inside, is answered too.",
  fix: "Write HostRegexp(`^[a-z0-9-]+\\.desktops\\.example\\.com$`), dots escaped.",
  level: "mandatory",
  *check({ type, props }) {
    if (!/:IngressRoute(TCP)?$/.test(type)) return;
    for (const route of list(field(props, "spec", "routes")))
      for (const [, regexp = ""] of (text(field(route, "match")) ?? "").matchAll(
        /Host(?:SNI)?Regexp\(\s*[`"']([^`"']*)/g,
      ))
        if (!(regexp.startsWith("^") && regexp.endsWith("$"))) yield `HostRegexp ${regexp} is open at its ends`;
  },
};
