// Label values are quoted and may hold braces, quotes and line ends behind a backslash.
const sample =
  /^([a-zA-Z_:][a-zA-Z0-9_:]*)[ \t]*(?:\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\})?[ \t]*([^ \t]+)(?:[ \t]+-?[0-9.]+)?[ \t]*$/;
const number = /^[+-]?(\d+\.?\d*([eE][+-]?\d+)?|\.\d+([eE][+-]?\d+)?|Inf|NaN)$/i;

/**
 * All values of one metric in Prometheus' text format, whatever their labels; empty when it is not there.
 *
 * @throws SyntaxError for a text that is something else, such as the page of a sign-in
 */
export function metricValues(text: string, metric: string): number[] {
  const values: number[] = [];
  for (const line of text.split("\n")) {
    const trimmed = line.trim();
    // OpenMetrics ends with such a comment too.
    if (trimmed === "" || trimmed.startsWith("#")) continue;
    const [, name, value = ""] = sample.exec(trimmed) ?? [];
    if (name === undefined || !number.test(value)) throw new SyntaxError("not in Prometheus' text format");
    if (name === metric)
      values.push(/inf/i.test(value) ? (value.startsWith("-") ? -Infinity : Infinity) : Number(value));
  }
  return values;
}
