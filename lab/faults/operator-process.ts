import { stopRecorded } from "../cluster/component-process.ts";
import { readRunRecord } from "../cluster/run-record.ts";
import { startOperator } from "../operator/start.ts";
import type { Fault } from "./fault.ts";

const graceMs = 10_000;

/** Stops the process that is the lab's operator, whose pods are only simulated. */
export const stoppedOperatorProcess: Omit<Fault, "description"> = {
  async breaks({ layout }) {
    const record = readRunRecord(layout, "operator");
    if (record) await stopRecorded(layout, "operator", record, graceMs);
  },
  async mends({ layout }) {
    await startOperator(layout);
  },
};
