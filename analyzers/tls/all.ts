import type { Analyzer } from "../analyzer.ts";
import { certificates } from "./certificates.ts";
import { publicNames } from "./public-names.ts";
import { servedCertificates } from "./served.ts";

export const tlsAnalyzers: readonly Analyzer[] = [certificates, servedCertificates, publicNames];
