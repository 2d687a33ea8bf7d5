import { withoutSecrets } from "../../kube/redaction.ts";
import { counted } from "../../kube/sentences.ts";

/** What is left out of a snapshot. */
export type HiddenKind =
  | "values of Secrets"
  | "values of ConfigMaps"
  | "values of variables"
  | "values of headers"
  | "paths of forward auth"
  | "passwords and tokens in texts"
  | "passwords and tokens in logs";

/** Is told of each value that is left out. */
export type Hide = (what: HiddenKind) => void;

export const nobodyCounts: Hide = () => undefined;

/** A text without what looks like a password or a token. */
export function cleanText(text: string, hide: Hide, what: HiddenKind = "passwords and tokens in texts"): string {
  const clean = withoutSecrets(text);
  const count = clean.split(mask).length - text.split(mask).length;
  for (let index = 0; index < count; index++) hide(what);
  return clean;
}

const mask = "***";

/** Counts what is left out, by what it was. */
export class HiddenCounts {
  readonly #counts = new Map<HiddenKind, number>();

  readonly hide: Hide = (what) => {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  };

  toJSON(): Record<string, number> {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

/** `13 values were hidden: 4 values of Secrets, 9 values of variables`. */
export function hiddenSentence(hidden: Readonly<Record<string, number>>): string {
  const parts = Object.entries(hidden);
  const sum = parts.reduce((total, [, count]) => total + count, 0);
  if (sum === 0) return "No value was hidden";
  return `${counted(sum, "value")} ${sum === 1 ? "was" : "were"} hidden: ${parts.map(([what, count]) => `${count} ${what}`).join(", ")}`;
}
