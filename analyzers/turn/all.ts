import type { Analyzer } from "../analyzer.ts";
import { turnAnswers } from "./answers.ts";
import { turnServer } from "./server.ts";

export const turnAnalyzers: readonly Analyzer[] = [turnServer, turnAnswers];
