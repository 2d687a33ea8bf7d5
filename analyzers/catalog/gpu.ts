import type { CodeEntry } from "../catalog.ts";

export const gpu = {} satisfies Record<string, CodeEntry>;
