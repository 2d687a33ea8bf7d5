import type { CodeEntry } from "../catalog.ts";

export const sessions = {} satisfies Record<string, CodeEntry>;
