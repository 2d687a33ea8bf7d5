import type { CodeEntry } from "../catalog.ts";

export const operator = {} satisfies Record<string, CodeEntry>;
