import { readFileSync } from "node:fs";
import { join } from "node:path";
import type * as k8s from "@pulumi/kubernetes";

/** A CRD as the file has it, with the name that its resource gets. */
export interface Crd {
  /** `vdisessions.vdi.kasm.io` */
  readonly name: string;
  readonly args: k8s.types.input.apiextensions.v1.CustomResourceDefinition;
}

/** The CRDs that operator/api generates, from components/vdi-operator/crds. */
export function vendoredCrds(): Crd[] {
  const text = readFileSync(join(import.meta.dirname, "crds", "vdi.kasm.io.json"), "utf8");
  const { items } = JSON.parse(text) as { items: (Crd["args"] & { metadata: { name: string } })[] };
  return items.map((args) => ({ name: args.metadata.name, args }));
}
