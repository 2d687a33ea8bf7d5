import { execa } from "execa";
import { readRunRecord } from "../../../lab/cluster/run-record.ts";
import type { DesktopLab } from "./desktop-lab.ts";

/** Kills what the lab runs beside the cluster, as a failure would. */
export function kill({ layout }: DesktopLab, component: "operator" | "gateway" | "forwarder"): void {
  const record = readRunRecord(layout, component);
  if (!record) throw new Error(`${component} does not run`);
  process.kill(record.pid, "SIGKILL");
}

/** Starts operator, gateway and portal where they do not run: in the lab's own words, from its own checkout. */
export async function startOperator({ folder, layout }: DesktopLab): Promise<void> {
  const program =
    'const { startOperator } = await import("./lab/operator/start.ts");' +
    'const { labLayout } = await import("./lab/cluster/layout.ts");' +
    `await startOperator(labLayout(${JSON.stringify(layout.checkout)}));`;
  await execa(process.execPath, ["--input-type=module", "--eval", program], { cwd: folder });
}
