import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { LabLayout } from "../cluster/layout.ts";
import { makePrivateFolder, writePrivateFile } from "../cluster/private-files.ts";

/** Whether desktops are run in this lab, and not simulated: from `npm run lab desktop` until `npm run lab down`. */
export function runsDesktops({ desktops }: LabLayout): boolean {
  return existsSync(join(desktops, "on"));
}

export function switchDesktopsOn({ desktops }: LabLayout): void {
  makePrivateFolder(desktops);
  writePrivateFile(join(desktops, "on"), "");
}

export function switchDesktopsOff({ desktops }: LabLayout): void {
  rmSync(join(desktops, "on"), { force: true });
}
