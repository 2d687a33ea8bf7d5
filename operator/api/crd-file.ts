import { stringify } from "yaml";
import { crdManifest } from "./crd.ts";
import { vdiPool } from "./vdi-pool.ts";
import { vdiSession } from "./vdi-session.ts";
import { vdiTemplate } from "./vdi-template.ts";

/** Where the generated CRDs live; the program reads this file and never imports the operator. */
export const crdFile = new URL("../../components/crds/vdi.kasm.io.yaml", import.meta.url);

const header = "# Generated from operator/api by `npm run crds`. Do not edit: a test compares.\n";

/** The text that the CRD file must have: one document per kind. */
export function crdFileText(): string {
  const documents = [vdiSession, vdiTemplate, vdiPool].map((crd) =>
    stringify(crdManifest(crd), { lineWidth: 0, aliasDuplicateObjects: false }),
  );
  return header + documents.join("---\n");
}
