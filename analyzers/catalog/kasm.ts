import type { CodeEntry } from "../catalog.ts";

export const kasm = {} satisfies Record<string, CodeEntry>;
