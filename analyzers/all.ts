import type { Analyzer } from "./analyzer.ts";
import { gpuAnalyzers } from "./gpu/all.ts";
import { imagePulls } from "./image-pulls.ts";
import { nodeAnalyzers } from "./nodes/all.ts";

/** Every analyzer, in the order of areas. */
export const analyzers: readonly Analyzer[] = [...nodeAnalyzers, ...gpuAnalyzers, imagePulls];
