import { readFileSync } from "node:fs";
import { join } from "node:path";
import type * as k8s from "@pulumi/kubernetes";
import { parseAllDocuments } from "yaml";

type CrdArgs = k8s.types.input.apiextensions.v1.CustomResourceDefinition;

/** A CRD as the file has it, with the name that its resource gets. */
export interface Crd {
  /** `vdisessions.vdi.kasm.io` */
  readonly name: string;
  readonly args: CrdArgs;
}

/** The CRDs that operator/api generates, from components/crds. */
export function vendoredCrds(): Crd[] {
  return parseCrds(readFileSync(join(import.meta.dirname, "crds", "vdi.kasm.io.yaml"), "utf8"));
}

/**
 * @param text one YAML document per CRD
 * @throws Error for a document that is not a named CustomResourceDefinition
 */
export function parseCrds(text: string): Crd[] {
  return parseAllDocuments(text).flatMap((document, index) => {
    if (document.errors[0]) throw new Error(`document ${index + 1} is not YAML: ${document.errors[0].message}`);
    const crd = document.toJS() as (CrdArgs & { metadata?: { name?: string } }) | null;
    if (crd === null) return [];
    const name = crd.metadata?.name;
    if (crd.kind !== "CustomResourceDefinition" || name === undefined)
      throw new Error(`document ${index + 1} is not a CustomResourceDefinition with a name`);
    return [{ name, args: crd }];
  });
}
