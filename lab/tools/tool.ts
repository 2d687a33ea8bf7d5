import type { Platform } from "./platform.ts";

/** One program that the lab starts, pinned to one version, and all that is needed to get hold of it. */
export interface Tool {
  name: string;
  /** Without a leading `v`. */
  version: string;
  /** How the program is asked for its version, and where the answer holds it (first group, without `v`). */
  asks: { arguments: string[]; answer: RegExp };
  /** Other programs that must lie in the same folder, or the tool does not work. */
  companions: string[];
  /** The official release for a platform, where there is one. */
  download: (platform: Platform) => Download | undefined;
  /** How `name` and each of `companions` is built. The tools that share their first module are built together. */
  programs: GoProgram[];
}

/** An official release file. */
export interface Download {
  url: string;
  /** A raw program is stored under the tool's name; an archive holds one folder, whose content is unpacked, or is flat. */
  format: "raw" | "tar.gz" | "flat.tar.gz";
  checksum: Checksum;
}

/**
 * What a download is held against. A pinned sum also guards against a changed release; an official checksum file, fetched
 * over TLS from the publisher beside the release, only against a damaged transfer.
 */
export type Checksum = { pinnedSha256: string } | { officialFile: string };

/** A Go module of ours that programs are built through: `go.mod` requires theirs, `go.sum` pins all that goes into them. */
export interface GoModule {
  /** What is built in one run of Go has one id. */
  id: string;
  /** Absolute path of the folder with `go.mod` and `go.sum`. */
  folder: string;
  /** `import/path.name` -> value, set at link time. */
  stamps: Record<string, string>;
  /** Files of a required module that a program of ours embeds: copied into the folder before the build. */
  embedded?: { module: string; files: { from: string; to: string }[] };
}

export interface GoProgram {
  /** File name of the program. */
  file: string;
  module: GoModule;
  package: string;
}

/** Name of the variable that points at a program to use instead: `KASM_VDI_TOOL_KUBE_APISERVER`. */
export function overrideVariable(tool: { name: string }): string {
  return `KASM_VDI_TOOL_${tool.name.toUpperCase().replaceAll("-", "_")}`;
}
