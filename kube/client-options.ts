import type { Clock } from "./clock.ts";
import type { AnyObject } from "./object.ts";

export interface ListOptions {
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  /** Only `metadata` of each object: contents, of Secrets above all, do not leave the server. */
  metadataOnly?: boolean;
}

export interface LogOptions {
  /** Of the container's last run, not of the present one. */
  previous?: boolean;
  tailLines: number;
  limitBytes: number;
}

export interface PageOptions extends ListOptions {
  /** At most this many objects, fewer when they are large; all of them without it. */
  limit?: number;
  /** What the page before said. */
  continue?: string | undefined;
  signal?: AbortSignal;
}

/** One page of a collection. */
export interface ObjectPage {
  items: AnyObject[];
  /** From here on a watch continues, once all pages are read. */
  resourceVersion: string;
  /** Names the next page; undefined after the last. */
  continue?: string;
  /** What to ask of the next page: fewer than of this one when its objects were too large to read so many at once. */
  limit?: number;
}

export interface WatchOptions extends ListOptions {
  resourceVersion: string;
  /** After this time the server ends the watch. */
  timeoutSeconds: number;
  signal: AbortSignal;
}

export interface ApplyOptions {
  fieldManager: string;
  force?: boolean;
  /** Asks the server what it would do, and changes nothing. */
  dryRun?: boolean;
}

export interface DeleteOptions {
  /** Deletes this very object, and no later one of the same name. */
  uid?: string;
  resourceVersion?: string;
  /** 0 takes a pod out of the API although its kubelet has not ended it. */
  gracePeriodSeconds?: number;
}

export interface ClientOptions {
  /** For one answer to come in whole, or a watch to begin. The server's own limit is 60 s. */
  requestTimeoutMs?: number;
  /** Told of each answer; `status` is undefined when there was none. */
  onAnswer?: (method: string, status: number | undefined) => void;
  /** Told of the time at which the server sent each answer, in whole seconds. */
  onServerDate?: (date: Date) => void;
  /** Asked before each write, and each repetition of one; false keeps it from being sent. */
  mayWrite?: () => boolean;
  clock?: Clock;
}
