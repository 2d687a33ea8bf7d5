import type { Analyzer } from "../analyzer.ts";
import { sessionEndpoints } from "./endpoints.ts";
import { streamListening } from "./listening.ts";
import { streamReach } from "./reach.ts";

export const streamAnalyzers: readonly Analyzer[] = [sessionEndpoints, streamReach, streamListening];
