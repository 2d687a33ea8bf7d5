import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { labLayout } from "../../lab/cluster/layout.ts";
import { checkout } from "./lab-stack.ts";

const folder = join(labLayout(checkout).root, "pictures");

/** Leaves a picture of the page for whoever wants to look at what the last run saw; CI keeps them. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${name}.png`), await page.screenshot());
}
