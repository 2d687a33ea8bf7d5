import de from "./messages/de.json" with { type: "json" };
import en from "./messages/en.json" with { type: "json" };

export type MessageKey = keyof typeof en;
export type Messages = Readonly<Record<MessageKey, string>>;

export const languages: Readonly<Record<string, Messages>> = { en, de };

/** The words of one language, with times as its readers write them. */
export interface Words {
  readonly language: string;
  readonly t: (key: MessageKey, values?: Readonly<Record<string, string | number>>) => string;
  /** The hour alone for today, else with the day. */
  readonly time: (rfc3339: string) => string;
  /** With at most two decimals. */
  readonly number: (value: number) => string;
}

/**
 * @param preferred languages as the browser lists them: `de-AT`
 * @param now what counts as today
 */
export function wordsFor(preferred: readonly string[], now: () => Date = () => new Date()): Words {
  const locale = preferred.find((it) => languageOf(it) in languages) ?? "en";
  const language = languageOf(locale);
  const messages = languages[language] ?? en;
  const hour = once(() => new Intl.DateTimeFormat(locale, { timeStyle: "short" }));
  const day = once(() => new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }));
  const number = once(() => new Intl.NumberFormat(locale, { maximumFractionDigits: 2 }));
  return {
    language,
    number: (value) => number().format(value),
    t: (key, values = {}) =>
      messages[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole)),
    time: (text) => {
      const date = new Date(text);
      if (Number.isNaN(date.getTime())) return "";
      return (date.toDateString() === now().toDateString() ? hour() : day()).format(date);
    },
  };
}

/** The first format for times takes a browser some 50 ms, and the first page shows none. */
function once<Made extends object>(make: () => Made): () => Made {
  let made: Made | undefined;
  return () => (made ??= make());
}

function languageOf(locale: string): string {
  return locale.split("-")[0]?.toLowerCase() ?? "";
}
