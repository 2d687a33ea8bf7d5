import type { CodeEntry } from "../catalog.ts";

export const api = {} satisfies Record<string, CodeEntry>;
