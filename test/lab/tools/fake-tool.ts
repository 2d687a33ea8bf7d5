import { join } from "node:path";
import { provideAll } from "../../../lab/tools/provide.ts";
import type { GoModule, Tool } from "../../../lab/tools/tool.ts";

/** A program that tells that version. */
export const program = (version: string) => `#!/bin/sh\necho fake ${version}\n`;

/** A tool 1.2.3 of a table of its own, so that tests need neither network nor compiler. */
export function fakeTool(
  options: { companions?: string[]; download?: { url: string; format: "raw" | "tar.gz"; sha256: string } } = {},
): Tool {
  const { companions = [], download } = options;
  const module: GoModule = { id: "fake", folder: join(import.meta.dirname, "fake-module"), stamps: {} };
  return {
    name: "fake",
    version: "1.2.3",
    asks: { arguments: ["version"], answer: /^fake (\S+)/m },
    companions,
    download: () =>
      download === undefined
        ? undefined
        : { url: download.url, format: download.format, checksum: { pinnedSha256: download.sha256 } },
    programs: ["fake", ...companions].map((file) => ({ file, module, package: `example.test/fake/${file}` })),
  };
}

// Run as a program, it provides the fake tool: two of these race, one gets killed.
if (import.meta.main) {
  const [provided] = await provideAll([fakeTool()], { onProgress: (_tool, text) => console.log(text) });
  console.log(JSON.stringify(provided));
}
