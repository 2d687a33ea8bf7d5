import { kinds } from "../resource.ts";
import type { StackRule } from "../rule.ts";
import { field, text } from "../value.ts";

export const k3sTraefik: StackRule = {
  name: "k3s-owns-its-traefik",
  description: "Where K3s brings Traefik, the stack creates neither Traefik's CRDs nor a second Traefik",
  why: "K3s's own Helm job fails on CRDs that are there already, and two Traefiks contend for ports 80 and 443.",
  fix: "Leave them out, or start K3s with --disable=traefik and set kasm-vdi:traefik.mode to own.",
  level: "mandatory",
  *checkStack(resources) {
    if (!resources.some(({ type, props }) => type === "kasm:ingress:Traefik" && props["mode"] === "k3s")) return;
    for (const resource of resources) {
      const { type, props } = resource;
      const group = text(field(props, "spec", "group")) ?? "";
      if (type === kinds.customResourceDefinition && /^traefik\.(io|containo\.us)$/.test(group))
        yield { resource, fault: `a CRD of ${group}` };
      if (type === kinds.release && /^traefik(-crds?)?$/.test(text(props["chart"])?.split("/").at(-1) ?? ""))
        yield { resource, fault: "a Traefik of its own" };
    }
  },
};
