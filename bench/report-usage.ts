import { writeFileSync } from "node:fs";
import { join } from "node:path";

// Loaded by `--import` into every Node process below the engine: leaves what the process used in a file of its own.
const folder = process.env["BENCH_USAGE_FOLDER"];
if (folder !== undefined)
  process.once("exit", () => {
    const { userCPUTime, systemCPUTime } = process.resourceUsage();
    const usage = {
      script: process.argv[1] ?? "",
      cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
      wallSeconds: process.uptime(),
    };
    writeFileSync(join(folder, `${process.pid}.json`), JSON.stringify(usage));
  });
