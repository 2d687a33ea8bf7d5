/**
 * All values of one metric in Prometheus' text format, whatever their labels; empty when it is not there. Each letter is
 * read once or twice: a desktop may serve what it likes.
 *
 * @throws SyntaxError for a text that is something else, such as the page of a sign-in
 */
export function metricValues(text: string, metric: string): number[] {
  const values: number[] = [];
  for (const line of text.split("\n")) {
    const trimmed = line.trim();
    // OpenMetrics ends with such a comment too.
    if (trimmed === "" || trimmed.startsWith("#")) continue;
    const { name, value } = sample(trimmed);
    if (name === metric) values.push(value);
  }
  return values;
}

/** `name{label="value"} value timestamp`; labels and timestamp may be missing. */
function sample(line: string): { name: string; value: number } {
  const nameEnd = skip(line, 0, /[a-zA-Z0-9_:]/);
  if (nameEnd === 0 || /[0-9]/.test(line.charAt(0))) throw notPrometheus();
  const labels = skip(line, nameEnd, blank);
  const rest = line.charAt(labels) === "{" ? labelsEnd(line, labels + 1) : labels;
  const [value = "", timestamp = "0", more] = line
    .slice(rest)
    .split(/[ \t]/)
    .filter((it) => it !== "");
  if (more !== undefined || Number.isNaN(Number(timestamp))) throw notPrometheus();
  // A name ends where a blank or a brace is.
  if (rest === nameEnd) throw notPrometheus();
  return { name: line.slice(0, nameEnd), value: number(value) };
}

/** Label values are quoted and may hold braces, quotes and line ends behind a backslash. */
function labelsEnd(line: string, start: number): number {
  let isQuoted = false;
  for (let at = start; at < line.length; at++) {
    const letter = line.charAt(at);
    if (letter === '"') isQuoted = !isQuoted;
    else if (letter === "\\" && isQuoted) at++;
    else if (letter === "}" && !isQuoted) return at + 1;
  }
  throw notPrometheus();
}

const blank = /[ \t]/;

function skip(line: string, at: number, letters: RegExp): number {
  let end = at;
  while (end < line.length && letters.test(line.charAt(end))) end++;
  return end;
}

const infinities = new Map([
  ["inf", Infinity],
  ["+inf", Infinity],
  ["-inf", -Infinity],
]);

function number(text: string): number {
  const word = text.toLowerCase();
  if (word === "nan") return NaN;
  const value = infinities.get(word) ?? (/^[0-9.eE+-]+$/.test(text) ? Number(text) : NaN);
  if (Number.isNaN(value)) throw notPrometheus();
  return value;
}

function notPrometheus(): SyntaxError {
  return new SyntaxError("not in Prometheus' text format");
}
