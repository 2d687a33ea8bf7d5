import type { AnyObject } from "../kube/object.ts";

/** A part of what there is: what was read, or why it could not be. */
export type Part<T> = { readonly seen: T } | { readonly unseen: string };

/** The end of a container's log. */
export interface ContainerLog {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** Of the container's last run, not of the present one. */
  readonly previous: boolean;
  readonly text: string;
}

/** The end of what `pulumi up` or `helm` said. */
export interface RunLog {
  /** Of its file. */
  readonly name: string;
  readonly text: string;
}

/** What was asked of the data plane, and what came back. */
export interface ProbeResult {
  /** `port-forward`, `gateway`, `dns`, `tls`, `websocket`, `stun`, `turn` */
  readonly probe: string;
  /** What was asked: an address, or `Pod kasm-vdi/x port 8080`. */
  readonly target: string;
  /** The object that the answer is about, by `Kind namespace/name`. */
  readonly about?: string;
  readonly ok: boolean;
  /** What was seen, as a sentence. */
  readonly message: string;
  /** For rules that need more than the sentence: `{ status: 404 }`. */
  readonly details?: Readonly<Record<string, string | number | boolean>>;
}

/**
 * A cluster at one moment, as JSON: what all analyzers read, whether it was taken just now or comes from a file. Of Secrets it
 * has names and keys, never values.
 */
export interface Snapshot {
  readonly kind: "KasmVdiSnapshot";
  readonly schemaVersion: 1;
  /** RFC 3339 */
  readonly takenAt: string;
  readonly server?: { readonly version?: string; readonly clockSkewSeconds?: number };
  /** By kind: `Pod`. A kind that the API server does not have is seen and empty, and named in `missingKinds`. */
  readonly objects: Readonly<Record<string, Part<readonly AnyObject[]>>>;
  readonly missingKinds?: readonly string[];
  /** How many values were left out because they are, or may be, secret, by what they were. */
  readonly hidden?: Readonly<Record<string, number>>;
  readonly logs: readonly ContainerLog[];
  readonly probes: readonly ProbeResult[];
  readonly runs?: readonly RunLog[];
}
