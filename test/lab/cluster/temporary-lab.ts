import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { labLayout } from "../../../lab/cluster/layout.ts";
import type { LabLayout } from "../../../lab/cluster/layout.ts";
import { makePrivateFolder } from "../../../lab/cluster/private-files.ts";

/** The layout of a checkout that does not exist otherwise, at a path with a space and a quote in it. */
export function temporaryLab(): { layout: LabLayout; remove: () => void } {
  const checkout = mkdtempSync(join(tmpdir(), "it's a lab-"));
  const layout = labLayout(checkout);
  makePrivateFolder(layout.root);
  return { layout, remove: () => rmSync(checkout, { recursive: true, force: true }) };
}
