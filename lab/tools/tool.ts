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
  /** A raw program is stored under the tool's name; an archive holds one folder, whose content is unpacked. */
  format: "raw" | "tar.gz";
  checksum: Checksum;
}

/**
 * What a download is held against. A pinned sum also guards against a changed release; an official checksum file, fetched
 * over TLS from the publisher beside the release, only against a damaged transfer.
 */
export type Checksum = { pinnedSha256: string } | { officialFile: string };

/** A Go module whose programs are built through a generated wrapper module (gomod.ts). */
export interface GoModule {
  /** Folder name for the build, and what the tools built together are called. */
  id: string;
  path: string;
  version: string;
  /** Hash of the module's content as in go.sum. Its go.mod decides the version of every dependency, so this pins them all. */
  sum: string;
  /** Published version of the sibling modules that the module takes from its own repository at `v0.0.0`. */
  siblingVersion?: string | undefined;
  /** `import/path.name` -> value, set at link time. */
  stamps: Record<string, string>;
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
