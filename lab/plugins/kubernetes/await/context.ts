import type { AnyObject, ClusterClient } from "../../../../kube/client.ts";

export interface AwaitContext {
  client: ClusterClient;
  /** Ephemeral progress, shown in the engine's info column. */
  status(message: string): void;
  warn(message: string): void;
  signal: AbortSignal;
  /** The engine's customTimeouts value; 0 = not set, then the annotation and the default count. */
  timeoutSeconds: number;
}

/** The object exists and the request was carried out, but it did not become ready. `reasons` go to the engine as init errors. */
export class PartialError extends Error {
  readonly live: AnyObject;
  readonly reasons: string[];

  constructor(message: string, live: AnyObject, reasons: string[]) {
    super(message);
    this.name = "PartialError";
    this.live = live;
    this.reasons = reasons;
  }
}
