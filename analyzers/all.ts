import type { Analyzer } from "./analyzer.ts";
import { gpuAnalyzers } from "./gpu/all.ts";
import { imagePulls } from "./image-pulls.ts";
import { nodeAnalyzers } from "./nodes/all.ts";
import { streamAnalyzers } from "./streams/all.ts";
import { tlsAnalyzers } from "./tls/all.ts";
import { traefikAnalyzers } from "./traefik/all.ts";
import { turnAnalyzers } from "./turn/all.ts";

/** Every analyzer, in the order of areas. */
export const analyzers: readonly Analyzer[] = [
  ...nodeAnalyzers,
  ...gpuAnalyzers,
  imagePulls,
  ...traefikAnalyzers,
  ...tlsAnalyzers,
  ...streamAnalyzers,
  ...turnAnalyzers,
];
