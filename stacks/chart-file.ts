import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { list } from "tar";
import { parse } from "yaml";
import { z } from "zod";

/** What a chart says of itself in its Chart.yaml. */
export interface ChartFile {
  readonly name: string;
  readonly version: string;
  readonly appVersion?: string | undefined;
}

export type ReadChart = (path: string) => ChartFile;

const schema = z.object({ name: z.string(), version: z.string(), appVersion: z.coerce.string().optional() });

/**
 * Reads the Chart.yaml of a chart that is a folder or an archive on this machine. Helm takes no notice of a version that is
 * asked for beside a path: what is installed is what stands there.
 *
 * @throws Error that says what is wrong at this path
 */
export function readChartFile(path: string): ChartFile {
  const entry = statSync(path, { throwIfNoEntry: false });
  if (!entry) throw new Error("there is no such folder or archive; paths are relative to the project");
  const text = entry.isDirectory() ? ofFolder(path) : ofArchive(path);
  if (text === undefined) throw new Error("there is no Chart.yaml in it, so it is no chart");
  const parsed = schema.safeParse(yamlOf(text));
  if (parsed.success) return parsed.data;
  throw new Error("its Chart.yaml has no name and version, so it is no chart");
}

function ofFolder(path: string): string | undefined {
  const file = join(path, "Chart.yaml");
  return statSync(file, { throwIfNoEntry: false }) ? readFileSync(file, "utf8") : undefined;
}

/** `NAME/Chart.yaml`; charts that it depends on have theirs further down. */
function ofArchive(path: string): string | undefined {
  const chunks: Buffer[] = [];
  try {
    list({
      file: path,
      sync: true,
      strict: true,
      filter: (name) => /^[^/]+\/Chart\.yaml$/.test(name),
      onReadEntry: (entry) => entry.on("data", (chunk: Buffer) => chunks.push(chunk)),
    });
  } catch {
    throw new Error("it is neither a folder nor an archive of a chart (.tgz)");
  }
  return chunks.length === 0 ? undefined : Buffer.concat(chunks).toString("utf8");
}

function yamlOf(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}
