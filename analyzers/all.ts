import type { Analyzer } from "./analyzer.ts";
import { imagePulls } from "./image-pulls.ts";

/** Every analyzer, in the order of areas. */
export const analyzers: readonly Analyzer[] = [imagePulls];
