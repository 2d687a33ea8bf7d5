import type { CodeEntry } from "../catalog.ts";

export const scheduling = {} satisfies Record<string, CodeEntry>;
