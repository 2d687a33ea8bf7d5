import { untrusted } from "../../kube/untrusted-text.ts";

/** A call in a rule: `Host` with its values. */
export interface Matcher {
  readonly name: string;
  readonly values: readonly string[];
}

/** What decides how a rule is read. */
export interface RuleSyntax {
  readonly major: number;
  readonly minor: number;
}

/** What is wrong with a rule, as the end of a sentence that quotes it; undefined when Traefik can read it and it can match. */
export function ruleProblem(match: string, syntax: RuleSyntax): string | undefined {
  const text = untrusted(match).trim();
  if (text === "") return "is empty";
  const read = matchersOf(text);
  if ("problem" in read) return read.problem;
  if (read.matchers.length === 0) return "has no matcher such as Host(`desk.example.com`)";
  for (const matcher of read.matchers) {
    const problem = matcherProblem(matcher, syntax);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Exact hosts of a rule, in lower case. */
export function hostsOf(match: string): string[] {
  const read = matchersOf(untrusted(match));
  const matchers = "matchers" in read ? read.matchers : [];
  return matchers.filter(({ name }) => name === "Host").flatMap(({ values }) => values.map((it) => it.toLowerCase()));
}

/** Reads the calls of a rule from left to right; each letter once. */
export function matchersOf(text: string): { matchers: Matcher[] } | { problem: string } {
  const matchers: Matcher[] = [];
  let depth = 0;
  let at = 0;
  while (at < text.length) {
    const letter = text[at] ?? "";
    if (/[A-Za-z]/.test(letter)) {
      const start = at;
      while (at < text.length && /[A-Za-z]/.test(text[at] ?? "")) at++;
      const name = text.slice(start, at);
      while (text[at] === " ") at++;
      if (text[at] === ":") return { problem: `is written as in Traefik v1: write ${name}(\`...\`)` };
      if (text[at] !== "(") return { problem: `has no ( after ${name}` };
      const call = valuesFrom(text, at + 1, name);
      if ("problem" in call) return call;
      matchers.push({ name, values: call.values });
      at = call.end;
    } else if (letter === "(" || letter === ")") {
      depth += letter === "(" ? 1 : -1;
      if (depth < 0) return { problem: "closes a parenthesis that was never opened" };
      at++;
    } else if (/[\s!&|]/.test(letter)) at++;
    else return { problem: `has ${letter} where a matcher such as Host(\`...\`) is expected` };
  }
  return depth === 0 ? { matchers } : { problem: "does not close a parenthesis" };
}

function valuesFrom(text: string, from: number, name: string): { values: string[]; end: number } | { problem: string } {
  const values: string[] = [];
  let at = from;
  while (at < text.length) {
    const letter = text[at] ?? "";
    if (letter === ")") return { values, end: at + 1 };
    if (letter === "`" || letter === '"') {
      const end = text.indexOf(letter, at + 1);
      if (end < 0) return { problem: `does not close the ${letter} in ${name}(...)` };
      values.push(text.slice(at + 1, end));
      at = end + 1;
    } else if (/[\s,]/.test(letter)) at++;
    else return { problem: `has a value in ${name}(...) that is not in backticks` };
  }
  return { problem: `does not close ${name}(` };
}

const matchersV3 = new Set([
  ...["Host", "HostRegexp", "Path", "PathPrefix", "PathRegexp", "Method", "Header", "HeaderRegexp"],
  ...["Query", "QueryRegexp", "ClientIP"],
]);
const matchersV2 = new Set([
  ...[
    "Host",
    "HostHeader",
    "HostRegexp",
    "Path",
    "PathPrefix",
    "Method",
    "Headers",
    "HeadersRegexp",
    "Query",
    "ClientIP",
  ],
]);

// Rules of v3: traefik docs/content/migrate/v2-to-v3-details.md.
function matcherProblem({ name, values }: Matcher, { major, minor }: RuleSyntax): string | undefined {
  const known = major === 2 ? matchersV2 : matchersV3;
  if (!known.has(name)) {
    const other = major === 2 ? name.replace(/^Header/, "Headers") : name.replace(/^Headers/, "Header");
    return `uses ${name}, which Traefik v${major} does not know${known.has(other) ? `; there it is ${other}` : ""}`;
  }
  if (values.length === 0) return `has no value in ${name}()`;
  const takesTwo = name.startsWith("Header") || name.startsWith("Query");
  if (major > 2 && values.length > (takesTwo ? 2 : 1))
    return `gives ${name} ${values.length} values, and Traefik v3 takes one: write ${values.map((it) => `${name}(\`${it}\`)`).join(" || ")}`;
  for (const value of values) {
    const problem =
      name === "HostRegexp"
        ? patternProblem(value, major)
        : name === "Host"
          ? hostProblem(value, major, minor)
          : undefined;
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function patternProblem(pattern: string, major: number): string | undefined {
  const isNamed = /\{\w{1,63}:/.test(pattern);
  if (major > 2 && isNamed)
    return `has a named group as Traefik v2 writes it (${pattern}): in v3 a HostRegexp is a plain Go expression, such as ^[a-z0-9-]+\\.example\\.com$`;
  if (major === 2 && !isNamed && /[\\^$[\]+*]/.test(pattern))
    return `has an expression outside {name:...} (${pattern}), which Traefik v2 takes for plain text`;
  if (/\(\?[=!<]/.test(pattern)) return `looks ahead or behind (${pattern}), which Go expressions cannot`;
  return undefined;
}

function hostProblem(host: string, major: number, minor: number): string | undefined {
  if (/^https?:\/\//.test(host)) return `names an address (${host}) where Host takes a name alone`;
  if (/:\d+$/.test(host)) return `has a port in Host (${host}), which is never part of what is compared`;
  if (host.includes("*") && (major < 3 || (major === 3 && minor < 7)))
    return `has a wildcard in Host (${host}), which Traefik knows from 3.7 on: use HostRegexp`;
  return undefined;
}
