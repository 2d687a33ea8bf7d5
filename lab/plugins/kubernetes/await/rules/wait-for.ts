import { JSONPath } from "jsonpath-plus";
import type { AnyObject } from "../../../../../kube/client.ts";
import { condition, isObserved } from "../readiness.ts";
import type { Readiness, ReadinessRule } from "../readiness.ts";

/**
 * The rule that the annotation `pulumi.com/waitFor` states: `condition=Type[=Status]`, `jsonpath={.path}[=value]`, or a
 * JSON array of these, which must all hold. It takes the place of the kind's own rule.
 * Throws when the annotation cannot be read as such.
 */
export function waitForRule(annotation: string): ReadinessRule {
  const checks = expressions(annotation).map(parse);
  return {
    readiness({ live }) {
      const missing = checks.map((check) => check(live)).filter((one) => !one.done);
      if (missing.length === 0) return { done: true, message: `Found ${annotation}` };
      const reasons = missing.map(({ message = "" }) => message);
      return { done: false, message: `Waiting for ${reasons.join("; ")}`, reasons };
    },
  };
}

type Check = (live: AnyObject) => Readiness;

function expressions(annotation: string): string[] {
  let list: unknown;
  try {
    list = JSON.parse(annotation);
  } catch {
    return [annotation];
  }
  if (!Array.isArray(list) || !list.every((one) => typeof one === "string") || list.length === 0)
    throw new Error(`pulumi.com/waitFor must be one expression or a JSON array of at least one, got ${annotation}`);
  return list;
}

function parse(expression: string): Check {
  if (expression.startsWith("condition=")) return parseCondition(expression.slice("condition=".length));
  if (expression.startsWith("jsonpath=")) return parseJsonPath(expression.slice("jsonpath=".length));
  throw new Error(`pulumi.com/waitFor: expected a "jsonpath=" or "condition=" prefix, got "${expression}"`);
}

function parseCondition(text: string): Check {
  const [type = "", ...rest] = text.split("=");
  const wanted = rest.join("=") || "True";
  return (live) => {
    const found = condition(live, type);
    const generation = found?.observedGeneration ?? Infinity;
    if (!found) return { done: false, message: `condition ${type}=${wanted} (no such condition yet)` };
    if (!observedIfTold(live) || generation < (live.metadata?.generation ?? 0))
      return { done: false, message: `condition ${type}=${wanted} (the controller has not seen the newest spec)` };
    if (found.status.toLowerCase() === wanted.toLowerCase()) return { done: true };
    const why = [found.reason, found.message].filter(Boolean).join(": ");
    return { done: false, message: `condition ${type}=${wanted} (is ${found.status}${why && `, ${why}`})` };
  };
}

function parseJsonPath(text: string): Check {
  const { path, value } = splitPath(text);
  const inner = /^\{\s*(.*?)\s*\}$/.exec(path)?.[1];
  if (inner === undefined)
    throw new Error(`pulumi.com/waitFor: ${path} must be in braces, as in {.status.phase}=Running`);
  const shown = `${path}${value === undefined ? "" : `=${value}`}`;
  // RFC 9535 writes filters without parentheses; the library wants them.
  const query = (inner.startsWith("$") ? inner : `$${inner}`).replace(/\[\?(?!\()([^\]]+)\]/g, "[?($1)]");
  const select = (live: AnyObject): unknown[] =>
    JSONPath<unknown[]>({ path: query, json: live, wrap: true, eval: "safe" });
  select({}); // an unreadable path shows now, not after the object was made
  return (live) => {
    if (!observedIfTold(live))
      return { done: false, message: `${shown} (the controller has not seen the newest spec)` };
    const [found] = select(live);
    if (found === undefined) return { done: false, message: `${shown} (not there yet)` };
    if (value === undefined) return { done: true };
    const text = typeof found === "string" ? found : JSON.stringify(found);
    return text === value ? { done: true } : { done: false, message: `${shown} (found ${text})` };
  };
}

// Splits at a lone "="; "==" belongs to a filter.
function splitPath(text: string): { path: string; value?: string } {
  const parts = text.split(/(?<![=!<>])=(?!=)/);
  const [path = "", value] = parts;
  if (parts.length > 2 || value === "")
    throw new Error(`pulumi.com/waitFor: expected jsonpath={.path} or jsonpath={.path}=value, got jsonpath=${text}`);
  return value === undefined ? { path } : { path, value };
}

function observedIfTold(live: AnyObject): boolean {
  const status = live["status"] as { observedGeneration?: number } | undefined;
  return status?.observedGeneration === undefined || isObserved(live);
}
