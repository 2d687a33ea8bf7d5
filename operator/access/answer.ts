import { pageHeaders, pageHtml, pageText } from "./pages.ts";
import type { Page, PageAddresses } from "./pages.ts";

/** An HTTP answer, whole. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The page for a person, its words for a program; with the wait for both. */
export function pageAnswer(
  page: Page,
  isForPeople: boolean,
  headers: Readonly<Record<string, string>> = {},
  addresses?: PageAddresses,
): Answer {
  const { status, againAfterSeconds } = page;
  return {
    status,
    headers: {
      ...pageHeaders,
      ...(!isForPeople && { "Content-Type": "text/plain; charset=utf-8" }),
      ...(againAfterSeconds !== undefined && { "Retry-After": againAfterSeconds.toFixed() }),
      ...headers,
    },
    body: isForPeople ? pageHtml(page, addresses) : pageText(page),
  };
}

export function jsonAnswer(status: number, value: object, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status,
    headers: { "Content-Type": "application/json", "Cache-Control": "no-store", ...headers },
    body: `${JSON.stringify(value)}\n`,
  };
}
