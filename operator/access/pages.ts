import { createHash } from "node:crypto";
import type { Refusal } from "./decide.ts";

/** A page for people: one sentence of what is the case, one of what to do. Never a secret, for it may be anybody's. */
export interface Page {
  readonly status: number;
  readonly title: string;
  readonly text: string;
  /** Seconds after which the page asks again by itself. */
  readonly againAfterSeconds?: number;
  /** What somebody follows to open the desktop; no link without it. */
  readonly linkText?: string;
}

/** Addresses of the desktop that a page is shown in the place of. */
export interface PageAddresses {
  /** Where the page asks again by itself. */
  readonly again: string;
  /** Where a person opens the desktop. */
  readonly open: string;
}

/** What somebody reads who is not let in. */
export const refusalPages: Readonly<Record<Refusal, Page>> = {
  "unknown-host": {
    status: 404,
    title: "No desktop here",
    text: "There is no desktop at this address. It may have been deleted: ask for the address of your present one.",
  },
  "own-password": {
    status: 403,
    title: "This desktop has a sign-in of its own",
    text:
      "Its template leaves sign-in to the desktop (access: Password), yet its route asks here. " +
      "Tell the administrator that the route is not as the operator made it.",
  },
  ended: {
    status: 410,
    title: "This desktop has ended",
    text: "It was deleted, or its time is over. Your home volume is kept unless you asked otherwise; start a new desktop.",
  },
  "other-page": {
    status: 403,
    title: "Asked from another page",
    text: "Another web page tried to use this desktop in your name. Open the desktop's own address instead.",
  },
  "other-user": {
    status: 403,
    title: "Not your desktop",
    text: "You are signed in, but this desktop belongs to somebody else. Sign in as its user, or open your own.",
  },
  "old-link": {
    status: 401,
    title: "This link is no longer valid",
    text: "Links open a desktop for one minute. Get a new one where you got this, or sign in with user and password.",
  },
  "wrong-password": {
    status: 401,
    title: "Sign in to this desktop",
    text: "User or password is not right. Both are in the session's Secret; or open a link from your portal.",
  },
  "sign-in": {
    status: 401,
    title: "Sign in to this desktop",
    text: "Open a link from your portal, or reload this page and give user and password of the session's Secret.",
  },
};

/** @param message of the session's status; it says what is being waited for */
export function waitingPage(message: string, againAfterSeconds = 3): Page {
  return {
    status: 503,
    title: "Your desktop is starting",
    text: message === "" ? "It is being prepared." : message,
    againAfterSeconds,
  };
}

/** @param message of the session's status; it says what somebody has to do */
export function stuckPage(message: string): Page {
  return {
    status: 503,
    title: "Your desktop cannot start",
    text: message === "" ? "The session's status says nothing about why." : message,
    againAfterSeconds: 30,
  };
}

export function wakingPage(againAfterSeconds: number): Page {
  return waitingPage("It was suspended, and is being started again.", againAfterSeconds);
}

export const noPasswordPage = waitingPage(
  "Its password is being made anew. If this stays so, its Secret was deleted: ask the administrator to delete the desktop's pod, which brings both back.",
);

/** For whoever did not open the desktop: a page that waited, a WebSocket, a program. */
export const suspendedPage: Page = {
  status: 503,
  title: "Your desktop is suspended",
  text: "It starts when you open it in a browser.",
  linkText: "Start it",
};

export const notWakingPage: Page = {
  ...waitingPage("It is suspended, and could not be started just now; this is tried again."),
  againAfterSeconds: 10,
};

export const unavailablePage: Page = {
  ...{ status: 503, title: "Your desktop cannot be reached just now", againAfterSeconds: 5 },
  text: "What this desktop needs could not be looked up. This page tries again by itself.",
};

/** In the place of Traefik's own errors. */
export const unreachablePage: Page = {
  ...{ status: 503, title: "Your desktop does not answer yet", againAfterSeconds: 1 },
  text: "It has just started, or starts again.",
};

/** The same, of a desktop that has been ready for a while. */
export const silentPage: Page = {
  ...{ status: 503, title: "Your desktop does not answer", againAfterSeconds: 3 },
  text:
    "It runs, but nothing answers at its address. If this goes on, restart it from your portal, " +
    "or ask the administrator to delete its pod.",
};

export const stalePage: Page = {
  ...{ status: 503, title: "Desktops cannot be reached just now", againAfterSeconds: 30 },
  text: "The cluster has not answered for so long that nobody can be let in. This page tries again by itself.",
};

/** @param seconds until the next try counts */
export function throttledPage(seconds: number): Page {
  return {
    status: 429,
    title: "Too many wrong passwords",
    text: `No password is looked at for the next ${seconds} s. A link from your portal works at once.`,
  };
}

const style =
  "body{font:16px/1.5 system-ui,sans-serif;max-width:34em;margin:20vh auto 0;padding:0 1em;color:#1c2430;background:#f5f6f8}" +
  "h1{font-size:1.4em}@media(prefers-color-scheme:dark){body{color:#e4e7ec;background:#171b21}}";

/** Headers of every page: it runs nothing, loads nothing, and is kept by nobody. */
export const pageHeaders: Readonly<Record<string, string>> = {
  "Content-Type": "text/html; charset=utf-8",
  "Content-Security-Policy":
    `default-src 'none'; style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'; ` +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cache-Control": "no-store",
};

export function pageHtml({ title, text, againAfterSeconds, linkText }: Page, addresses?: PageAddresses): string {
  const where = addresses ? `; url=${escaped(addresses.again)}` : "";
  const again =
    againAfterSeconds === undefined
      ? ""
      : `<meta http-equiv="refresh" content="${againAfterSeconds.toFixed()}${where}">\n`;
  const waits = againAfterSeconds === undefined ? "" : "\n<p>This page asks again by itself.</p>";
  const link =
    linkText === undefined || !addresses
      ? ""
      : `\n<p><a href="${escaped(addresses.open)}">${escaped(linkText)}</a></p>`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
${again}<title>${escaped(title)}</title>
<style>${style}</style>
<h1>${escaped(title)}</h1>
<p>${escaped(text)}</p>${link}${waits}
</html>
`;
}

/** For programs, and for connections that show nobody a page. */
export function pageText({ title, text }: Page): string {
  return `${title}. ${text}\n`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
