import { createHash } from "node:crypto";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";
import { fetchDebianPackages, unpackDebianPackages } from "./files/debian.ts";
import { provideFolder, thisArchitecture } from "./files/folder.ts";
import { debian } from "./files/packages.ts";

const packages = ["chromium", "fonts-dejavu-core", "coreutils", "bash", "mount"];

// Its own files at their places, the machine's /tmp, /dev and /proc: a browser is found by its path and speaks by pipes.
const program = `#!/bin/sh
set -eu
root=$(dirname "$(readlink -f "$0")")
export root
exec unshare --user --map-root-user --mount sh -c '
  for folder in proc dev tmp sys; do mount --rbind "/$folder" "$root/$folder"; done
  exec chroot "$root" /usr/lib/chromium/chromium "$@"
' chromium "$@"
`;

/** Debian's Chromium, unpacked into the per-user cache and driven by Playwright; no window, and nothing of this machine's. */
export async function launchChromium(): Promise<Browser> {
  const onProgress = () => undefined;
  const recipe = createHash("sha256")
    .update(JSON.stringify([packages, program]))
    .digest("hex")
    .slice(0, 16);
  const folder = await provideFolder(
    { name: "browsers", recipe, env: process.env, onProgress },
    async (staging, made) => {
      const fetched = await fetchDebianPackages({
        ...{ suite: debian.suite, packages, architecture: thisArchitecture(), env: process.env, onProgress },
        folder: join(staging, "apt"),
      });
      await unpackDebianPackages(fetched, made, onProgress);
      for (const name of ["proc", "dev", "tmp", "sys"]) await mkdir(join(made, name), { recursive: true });
      await writeFile(join(made, "etc/hosts"), "127.0.0.1 localhost\n");
      await writeFile(join(made, "etc/passwd"), "root:x:0:0:root:/tmp:/bin/bash\n");
      await writeFile(join(made, "start"), program);
      await chmod(join(made, "start"), 0o755);
    },
  );
  return chromium.launch({
    executablePath: join(folder, "start"),
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
    env: { HOME: "/tmp", LANG: "C.UTF-8", PATH: process.env["PATH"] ?? "" },
  });
}

/** Debian's packages and PyPI's files come from servers that a machine may not reach. Undefined for another failure. */
export function sourcesAway(error: unknown): string | undefined {
  const message = error instanceof Error ? error.message : "";
  return /apt-get (?:update|install|download): .*|PyPI \S+ \S+: .*/.exec(message)?.[0];
}
