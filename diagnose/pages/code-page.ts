import { areas } from "../../analyzers/areas.ts";
import { entryOf } from "../../analyzers/catalog.ts";
import type { Code } from "../../analyzers/catalog.ts";

const levelWords = {
  failure: "A failure: something does not work.",
  warning: "A warning: it works, and will not for long or not as wanted.",
  unknown: "Unknown: it could not be told.",
} as const;

/** The page of a code: what `kasm-vdi explain CODE` says, for a browser. */
export function codePage(code: Code): string {
  const { area, level, title, symptom, cause, fix, byHand, mayPass = false } = entryOf(code);
  return [
    `# ${code}: ${plain(title)}`,
    `${areas[area].layer}, ${areas[area].title}. ${levelWords[level]}${mayPass ? " It may pass by itself." : ""}`,
    "## Symptom",
    plain(symptom),
    "## Cause",
    plain(cause),
    "## Fix",
    plain(fix),
    ...(byHand.length > 0 ? ["## By hand", ["```sh", ...byHand, "```"].join("\n")] : []),
    "[All codes](codes.md)",
  ]
    .join("\n\n")
    .concat("\n");
}

/** Codes by area, in the order in which one thing rests on the other. */
export function codeList(codes: readonly Code[]): string {
  const sections = Object.entries(areas).flatMap(([area, { layer, title }]) => {
    const own = codes.filter((code) => entryOf(code).area === area);
    if (own.length === 0) return [];
    const rows = own.map((code) => `- [${code}](${code}.md): ${plain(entryOf(code).title)}`);
    return [`## ${layer}: ${title}`, rows.join("\n")];
  });
  return ["# All codes", "What `kasm-vdi diagnose` can find. A code is never given another meaning.", ...sections]
    .join("\n\n")
    .concat("\n");
}

/** Sentences of the catalog use Markdown's backticks; the rest of them is plain text. */
function plain(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(/[\\*_<>[\]|]/g, "\\$&")))
    .join("");
}
