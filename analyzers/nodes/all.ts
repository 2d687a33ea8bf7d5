import type { Analyzer } from "../analyzer.ts";
import { nodeConditions } from "./conditions.ts";
import { nodeDisks } from "./disk.ts";
import { nodeIdentity } from "./identity.ts";
import { policyEnforcement } from "../network/enforcement.ts";
import { nodeLeases } from "./lease.ts";

export const nodeAnalyzers: readonly Analyzer[] = [
  nodeConditions,
  nodeLeases,
  nodeIdentity,
  nodeDisks,
  policyEnforcement,
];
