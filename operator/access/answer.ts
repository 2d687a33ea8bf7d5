import { pageHeaders, pageHtml, pageText } from "./pages.ts";
import type { Page, PageAddresses } from "./pages.ts";
import type { DesktopRequest } from "./request.ts";

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
      ...(againAfterSeconds !== undefined && { "Retry-After": Math.max(1, againAfterSeconds).toFixed() }),
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

/** To the same address without a link's token; written out in full, for Traefik takes a path for one of ours. */
export function redirect(request: DesktopRequest, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status: 302, headers: { Location: addressOf(request), "Cache-Control": "no-store", ...headers }, body: "" };
}

export function addressOf({ authority, path }: DesktopRequest): string {
  return `https://${authority}${path}`;
}
