import type { CodeEntry } from "../catalog.ts";

export const nodes = {} satisfies Record<string, CodeEntry>;
