import { randomBytes } from "node:crypto";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";

import type { LabLayout } from "../cluster/layout.ts";
import { makePrivateFolder, readIfThere, writePrivateFile } from "../cluster/private-files.ts";

/** Variables that point kubectl, helm and pulumi at this lab and nothing else. PATH is apart: see `toolFolders`. */
export function engineEnvironment(layout: LabLayout): Record<string, string> {
  return {
    KUBECONFIG: layout.kubeconfig,
    PULUMI_HOME: layout.pulumiHome,
    PULUMI_BACKEND_URL: pathToFileURL(layout.pulumiState).href,
    PULUMI_CONFIG_PASSPHRASE_FILE: layout.passphraseFile,
    PULUMI_STACK: "lab",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    ...withoutVersionWarning,
  };
}

/**
 * The engine warns in each run when a plugin is older than the SDK asks for, as a kubernetes plugin from Go modules is. This
 * switch of the engine for its developers turns the warning off, and hides nothing else of what the lab does.
 */
export const withoutVersionWarning = { PULUMI_DEV: "true" };

/** Folders to search before all others: the lab's tools, then the package's own programs, Node 24 among them. */
export function toolFolders(layout: LabLayout): string[] {
  return [layout.bin, join(layout.checkout, "node_modules", ".bin")];
}

/** The whole environment for a child process that works on this lab. */
export function labEnvironment(layout: LabLayout, path: string = process.env["PATH"] ?? ""): Record<string, string> {
  return { ...engineEnvironment(layout), PATH: [...toolFolders(layout), path].join(delimiter) };
}

/** Makes what the engine expects to be there: its home, the file backend's folder, the passphrase. */
export function prepareEngine(layout: LabLayout): void {
  makePrivateFolder(layout.root);
  makePrivateFolder(layout.pulumiHome);
  makePrivateFolder(layout.pulumiState);
  if (readIfThere(layout.passphraseFile) === undefined) {
    writePrivateFile(layout.passphraseFile, `${randomBytes(32).toString("base64url")}\n`);
  }
}
