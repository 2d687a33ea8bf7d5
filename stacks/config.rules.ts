import { agentRules } from "./config.rules.agents.ts";
import { clusterRules } from "./config.rules.cluster.ts";
import { partRules } from "./config.rules.parts.ts";
import { portRules } from "./config.rules.ports.ts";
import { siteRules } from "./config.rules.sites.ts";
import type { ConfigProblem } from "./config.problems.ts";
import type { RawConfig } from "./config.schema.ts";
import type { StackConfig } from "./stack-config.ts";

/**
 * Checks what no single key can show.
 *
 * @param config `raw` with every default filled in
 * @param wrong keys that are wrong in themselves
 */
export function brokenRules(raw: RawConfig, config: StackConfig, wrong: ReadonlySet<string>): ConfigProblem[] {
  const rules = [...clusterRules, ...partRules, ...portRules, ...siteRules, ...agentRules];
  return rules.filter(({ about }) => !about.some((key) => wrong.has(key))).flatMap((rule) => rule.check(raw, config));
}
