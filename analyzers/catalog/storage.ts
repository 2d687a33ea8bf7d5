import type { CodeEntry } from "../catalog.ts";

export const storage = {} satisfies Record<string, CodeEntry>;
