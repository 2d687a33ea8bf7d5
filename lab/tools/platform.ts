/** An operating system and processor, in Go's words: that is how most release files are named. */
export interface Platform {
  os: "linux" | "darwin";
  arch: "amd64" | "arm64";
}

export type PlatformName = `${Platform["os"]}-${Platform["arch"]}`;

/** The platform of this machine. @throws {Error} on one that the lab's tools are not made for. */
export function thisPlatform(): Platform {
  const os = process.platform;
  const arch = process.arch === "x64" ? "amd64" : process.arch;
  if ((os === "linux" || os === "darwin") && (arch === "amd64" || arch === "arm64")) return { os, arch };
  throw new Error(
    `The lab runs on Linux and macOS, on x86-64 and arm64; this machine is ${process.platform} on ${process.arch}.`,
  );
}

/** `linux-amd64`: how a platform is written in the cache's folder names. */
export function platformName({ os, arch }: Platform): PlatformName {
  return `${os}-${arch}`;
}
