import type { Code } from "./catalog.ts";
import type { Fix, Risk } from "./finding.ts";

/** What something means, in words that fit the status of a session, a gate of `up` and a finding alike. */
export interface Verdict<C extends Code = Code> {
  readonly code: C;
  /** What is wrong, as one or two sentences. It does not move with time alone, so that a status can hold it. */
  readonly problem: string;
  /** What to do, as one or two sentences. */
  readonly remedy: string;
  /** For a shell. */
  readonly command?: string;
  /** Of the remedy; `manual` without. */
  readonly risk?: Risk;
}

export function fixOf({ remedy, command, risk = "manual" }: Verdict): Fix[] {
  return [{ text: remedy, ...(command !== undefined && { command }), risk }];
}

/** What was said about an object, oldest first: of an event what verdicts look at. */
export interface Said {
  readonly reason: string;
  readonly message: string;
  /** When it was last said, in ms since 1970. */
  readonly time: number;
  readonly container?: string;
}

/** Without a time all that was said counts. */
export function saidSince(said: readonly Said[], since: string | undefined): readonly Said[] {
  const from = since === undefined ? NaN : Date.parse(since);
  return Number.isNaN(from) ? said : said.filter(({ time }) => time >= from);
}
