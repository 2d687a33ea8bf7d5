import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import { hiddenSentence } from "../collect/hidden.ts";
import { takeSnapshot, withClusterOptions } from "./cluster-options.ts";
import type { ClusterOptions } from "./cluster-options.ts";

interface Options extends ClusterOptions {
  readonly file: string;
}

export function addSnapshot(program: Command): void {
  withClusterOptions(program.command("snapshot"))
    .description("Write what `diagnose` reads to a file, without secrets, for `diagnose --from FILE` elsewhere")
    .option("-f, --file <file>", "where to write it; `-` for standard output", "kasm-vdi-snapshot.json")
    .action(async ({ file, ...options }: Options) => {
      const snapshot = await takeSnapshot(options);
      const text = `${JSON.stringify(snapshot)}\n`;
      if (file === "-") {
        process.stdout.write(text);
        return;
      }
      writeFileSync(file, text, { mode: 0o600 });
      const kinds = Object.values(snapshot.objects);
      const objects = kinds.reduce((sum, part) => sum + ("seen" in part ? part.seen.length : 0), 0);
      const unseen = kinds.filter((part) => "unseen" in part).length;
      console.error(
        `Wrote ${file}: ${objects} objects, ${snapshot.logs.length} logs, ${Math.ceil(text.length / 1024)} KiB; ${unseen} kinds could not be read. ${hiddenSentence(snapshot.hidden ?? {})}. Names and addresses of the cluster are in it.`,
      );
    });
}
