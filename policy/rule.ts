import { titleOf } from "./resource.ts";
import type { PolicyResource } from "./resource.ts";

interface RuleText {
  /** Never changes: sites name it in their policy config. */
  readonly name: string;
  /** What holds, in one sentence. */
  readonly description: string;
  /** What goes wrong otherwise. */
  readonly why: string;
  /** What to do, as an instruction. */
  readonly fix: string;
  /** `mandatory` stops an `up`, `advisory` warns. A site's policy config may say otherwise. */
  readonly level: "mandatory" | "advisory";
  /** True for what the engine does not tell policies: only the tests can judge it. */
  readonly isForTestsOnly?: boolean;
}

/** Judges one resource by itself, before it is created or changed. */
export interface ResourceRule extends RuleText {
  /** What is wrong with the resource, one sentence without a full stop for each fault. Never throws for odd input. */
  check(resource: PolicyResource): Iterable<string>;
}

/** Judges resources together, at the end of a preview. */
export interface StackRule extends RuleText {
  checkStack(resources: readonly PolicyResource[]): Iterable<Fault>;
}

export type Rule = ResourceRule | StackRule;

/** What is wrong with which resource. */
export interface Fault {
  readonly resource: PolicyResource;
  readonly fault: string;
}

export interface Violation extends Fault {
  readonly rule: Rule;
}

export function isStackRule(rule: Rule): rule is StackRule {
  return "checkStack" in rule;
}

/** Everything that the rules have against a stack, rule by rule. */
export function violations(rules: readonly Rule[], resources: readonly PolicyResource[]): Violation[] {
  return rules.flatMap((rule) => faults(rule, resources).map((found) => ({ ...found, rule })));
}

/** The whole message: what is wrong with which object, why that matters, what to do. */
export function explain({ why, fix }: Rule, { resource, fault }: Fault): string {
  return `${titleOf(resource)}: ${fault}. ${why} ${fix}`;
}

function faults(rule: Rule, resources: readonly PolicyResource[]): Fault[] {
  if (isStackRule(rule)) return [...rule.checkStack(resources)];
  return resources.flatMap((resource) => [...rule.check(resource)].map((fault) => ({ resource, fault })));
}
