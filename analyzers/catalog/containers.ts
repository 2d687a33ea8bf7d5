import type { CodeEntry } from "../catalog.ts";

export const containers = {} satisfies Record<string, CodeEntry>;
