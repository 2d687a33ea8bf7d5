import { untrusted } from "../../kube/untrusted-text.ts";
import { matchersOf } from "./rule.ts";
import type { Matcher } from "./rule.ts";

/** Whether a rule may take requests for a host; true of one that cannot be read, of which another finding tells. */
export function mayTake(match: string, host: string): boolean {
  const read = matchersOf(untrusted(match));
  if ("problem" in read || match.includes("!")) return true;
  const hosts = read.matchers.filter(({ name }) => name === "Host" || name === "HostRegexp");
  return hosts.length === 0 || hosts.some((it) => valuesFit(it, host));
}

function valuesFit({ name, values }: Matcher, host: string): boolean {
  return values.some((value) => (name === "Host" ? isHost(value, host) : (testerOf(value)?.(host) ?? true)));
}

function isHost(value: string, host: string): boolean {
  const [wanted, asked] = [value.toLowerCase(), host.toLowerCase()];
  return wanted.startsWith("*.") ? asked.endsWith(wanted.slice(1)) : wanted === asked;
}

/** Tests hosts against a rule that is one pattern, or takes all of them; undefined for another, or one that could take long. */
export function patternOf(match: string): ((host: string) => boolean) | undefined {
  const read = matchersOf(untrusted(match));
  const [only, ...others] = "matchers" in read ? read.matchers : [];
  if (!only || others.length > 0 || match.includes("!")) return undefined;
  if (only.name === "PathPrefix" && only.values.includes("/")) return () => true;
  if (only.name !== "HostRegexp") return undefined;
  const tests = only.values.map(testerOf);
  return (host) => tests.some((fits) => fits?.(host) === true);
}

/** Tests a host against somebody's pattern; undefined for one whose test could take long. */
function testerOf(pattern: string): ((host: string) => boolean) | undefined {
  // v2 writes the expression into braces.
  const plain = pattern.replace(/\{\w{1,63}:([^{}]{1,100})\}/g, "$1");
  const quantifiers = plain.match(/[+*{?]/g)?.length ?? 0;
  if (plain.length > 200 || quantifiers > 2 || /[()]/.test(plain)) return undefined;
  try {
    const expression = new RegExp(plain.startsWith("^") || plain === pattern ? plain : `^${plain}$`);
    return (host) => expression.test(host.slice(0, 253));
  } catch {
    return undefined;
  }
}
