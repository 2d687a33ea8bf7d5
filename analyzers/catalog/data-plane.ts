import type { CodeEntry } from "../catalog.ts";

export const dataPlane = {} satisfies Record<string, CodeEntry>;
