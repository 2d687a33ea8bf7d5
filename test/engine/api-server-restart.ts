import { setTimeout as sleep } from "node:timers/promises";
import { readRunRecord } from "../../lab/cluster/run-record.ts";
import { controlPlane } from "../../lab/phases/control-plane.ts";
import { controlPlaneTools } from "../../lab/phases/tools.ts";
import type { ProvidedTool } from "../../lab/tools/provide.ts";
import { layout } from "./operator-fixture.ts";

/** Kills the lab's API server and brings it back, with what depends on it; data stay. Returns when it answers again. */
export async function restartApiServer(awayMs = 0): Promise<void> {
  const { pid } = readRunRecord(layout, "kube-apiserver")!;
  process.kill(pid, "SIGKILL");
  await sleep(awayMs);
  const context = { layout, tools: new Map<string, ProvidedTool>() };
  await controlPlaneTools(context, () => undefined);
  await controlPlane(context, () => undefined);
}
