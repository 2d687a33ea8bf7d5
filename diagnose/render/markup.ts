/** A text inside XML or HTML, in an element or in an attribute in double quotes. */
export function escaped(text: string): string {
  return withoutControls(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/** A text inside a line of Markdown: nothing in it is markup, names nobody, or opens a link. */
export function markdownText(text: string): string {
  const line = withoutControls(text).replace(/\s+/g, " ");
  // A zero-width space keeps `@name` and `#12` from being taken for people and issues.
  return line.replace(/[\\`*_[\]<>|~]/g, "\\$&").replace(/[@#](?=\w)/g, "$&\u200b");
}

/** A text as code in a line of Markdown, whatever backticks it has. */
export function markdownCode(text: string): string {
  const line = withoutControls(text).replace(/\s+/g, " ").trim();
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = line.startsWith("`") || line.endsWith("`") ? " " : "";
  return line === "" ? "` `" : `${fence}${pad}${line}${pad}${fence}`;
}

// XML 1.0 allows of the control characters only tab and the ends of lines.
function withoutControls(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/g, "");
}
