import { UnknownValueError } from "@pulumi/policy";
import type {
  PolicyPackArgs,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import type { PolicyResource } from "./resource.ts";
import { explain, isStackRule } from "./rule.ts";
import type { ResourceRule, Rule, StackRule } from "./rule.ts";
import { unknownValue } from "./value.ts";

/** The rules as the engine runs them, but for those that only the tests can judge. */
export function policyPack(rules: readonly Rule[]): PolicyPackArgs {
  return {
    description: "What holds for every environment of kasm-vdi",
    policies: rules
      .filter(({ isForTestsOnly }) => isForTestsOnly !== true)
      .map((rule) => (isStackRule(rule) ? stackPolicy(rule) : resourcePolicy(rule))),
  };
}

function resourcePolicy(rule: ResourceRule): ResourceValidationPolicy {
  return {
    ...headOf(rule),
    validateResource(args, report) {
      const resource = resourceOf(args);
      for (const fault of rule.check(resource)) report(explain(rule, { resource, fault }));
    },
  };
}

/**
 * A stack policy is given the outputs of each resource, which for a component are not what it was made from. So this one
 * is a policy of both kinds: it collects the inputs as they come, and judges them together at the end.
 */
function stackPolicy(rule: StackRule): StackValidationPolicy & ResourceValidationPolicy {
  const inputs = new Map<string, PolicyResource>();
  return {
    ...headOf(rule),
    validateResource(args) {
      inputs.set(args.urn, resourceOf(args));
    },
    validateStack(_args, report) {
      for (const found of rule.checkStack([...inputs.values()])) report(explain(rule, found), found.resource.urn);
    },
  };
}

function headOf({ name, description, level }: Rule) {
  return { name, description, enforcementLevel: level };
}

function resourceOf({ type, name, urn, props, opts, provider }: ResourceValidationArgs): PolicyResource {
  return {
    type,
    name,
    urn,
    props: known(props) as Record<string, unknown>,
    parent: opts.parent,
    protect: opts.protect,
    provider: provider && { urn: provider.urn, name: provider.name },
  };
}

/** A copy in which `unknownValue` stands for each value whose access the SDK refuses. */
function known(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const read = (key: string): unknown => {
    try {
      return known((value as Record<string, unknown>)[key]);
    } catch (error) {
      if (error instanceof UnknownValueError) return unknownValue;
      throw error;
    }
  };
  return Array.isArray(value)
    ? Array.from({ length: value.length }, (_, index) => read(String(index)))
    : Object.fromEntries(Object.keys(value).map((key) => [key, read(key)]));
}
