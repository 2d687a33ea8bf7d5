import { chmod, rm } from "node:fs/promises";
import { join } from "node:path";

import { extract } from "tar";

import { fetchVerified } from "../tools/fetch.ts";
import { thisPlatform } from "../tools/platform.ts";
import type { Plugin } from "./plugin-folder.ts";
import { programName, replaceFolder } from "./plugin-folder.ts";

/**
 * Installs the official plugin from Pulumi's own download address, held against the checksum file of its GitHub release: two places
 * that would have to be wrong together. @throws with a short reason; then nothing has changed
 */
export async function downloadOfficial(
  pulumiHome: string,
  plugin: Plugin,
  onProgress: (line: string) => void,
): Promise<void> {
  const { name, version } = plugin;
  const { os, arch } = thisPlatform();
  const url = `https://get.pulumi.com/releases/plugins/${programName(plugin)}-v${version}-${os}-${arch}.tar.gz`;
  const officialFile = `https://github.com/pulumi/pulumi-${name}/releases/download/v${version}/pulumi-${name}_${version}_checksums.txt`;
  await replaceFolder(pulumiHome, plugin, async (folder) => {
    const archive = join(folder, "plugin.tar.gz");
    await fetchVerified(url, { officialFile }, archive, (line) => onProgress(`${name} ${version}: ${line}`));
    await extract({ file: archive, cwd: folder });
    await rm(archive);
    await chmod(join(folder, programName(plugin)), 0o755);
  });
}
