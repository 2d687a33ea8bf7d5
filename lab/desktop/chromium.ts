import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";
import { provideDebianFolder } from "./files/debian-folder.ts";
import { amongDesktops } from "./launches.ts";

const packages = ["chromium", "fonts-dejavu-core", "coreutils", "bash", "mount"];
const places = ["proc", "dev", "tmp", "sys"];

// Its own files at their places, the machine's /tmp, /dev and /proc: a browser is found by its path and speaks by pipes.
// ENTER is a program that leads into other namespaces first, or to nothing.
const program = `#!/bin/sh
set -eu
root=$(dirname "$(readlink -f "$0")")
export root
exec $ENTER unshare --user --map-root-user --mount sh -c '
  for folder in ${places.join(" ")}; do mount --rbind "/$folder" "$root/$folder"; done
  exec chroot "$root" /usr/lib/chromium/chromium "$@"
' chromium "$@"
`;

export interface BrowserPlace {
  /** The process that runs desktops: the browser is in their network, and not in this machine's. */
  readonly desktopsPid?: number;
  /** Names of hosts with the addresses that they are found at. */
  readonly hosts?: Readonly<Record<string, string>>;
}

/** Debian's Chromium, unpacked into the per-user cache and driven by Playwright; no window, and nothing of this machine's. */
export async function launchChromium({ desktopsPid, hosts = {} }: BrowserPlace = {}): Promise<Browser> {
  const folder = await provideDebianFolder({ name: "browsers", packages, places, recipe: program }, async (made) => {
    await writeFile(join(made, "etc/hosts"), "127.0.0.1 localhost\n");
    await writeFile(join(made, "etc/passwd"), "root:x:0:0:root:/tmp:/bin/bash\n");
    await writeFile(join(made, "start"), program);
    await chmod(join(made, "start"), 0o755);
  });
  const enter = amongDesktops({ program: "env", args: [], files: [] }, desktopsPid);
  const rules = Object.entries(hosts).map(([name, address]) => `MAP ${name} ${address}`);
  return chromium.launch({
    executablePath: join(folder, "start"),
    args: [
      ...["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
      ...(rules.length > 0 ? [`--host-resolver-rules=${rules.join(",")}`] : []),
    ],
    env: {
      ...{ HOME: "/tmp", LANG: "C.UTF-8", PATH: process.env["PATH"] ?? "" },
      ENTER: [enter.program, ...enter.args].join(" "),
    },
  });
}

/** Debian's packages and PyPI's files come from servers that a machine may not reach. Undefined for another failure. */
export function sourcesAway(error: unknown): string | undefined {
  const message = error instanceof Error ? error.message : "";
  return /apt-get (?:update|install|download): .*|PyPI \S+ \S+: .*/.exec(message)?.[0];
}
