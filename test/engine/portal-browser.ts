import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { text } from "node:stream/consumers";
import type { z } from "zod";

export interface BrowserAnswer {
  readonly status: number;
  readonly location: string | undefined;
  readonly body: string;
  readonly json: <Schema extends z.ZodType>(schema: Schema) => z.output<Schema>;
}

/** What a browser does of which the portal takes notice: cookies by host, redirects, and the headers that no page can set. */
export class PortalBrowser {
  readonly origin: string;
  readonly cookies = new Map<string, Map<string, string>>();
  readonly #streams: EventText[] = [];

  constructor(origin: string) {
    this.origin = origin;
  }

  /** Signs in as one of the lab's people. Returns where that ended. */
  async signIn(login: string, path = "/"): Promise<string> {
    let url = `${this.origin}/sign-in/begin?return=${encodeURIComponent(path)}`;
    for (let steps = 0; steps < 12; steps++) {
      const { location, body } = await this.navigate("GET", url);
      const [, action] = /<form method="post" action="([^"]+)"/.exec(body) ?? [];
      if (action !== undefined) {
        const answer = await this.navigate("POST", new URL(action, url).href, `login=${login}`);
        url = new URL(answer.location ?? "", url).href;
      } else if (location === undefined) return url;
      else url = new URL(location, url).href;
    }
    throw new Error(`the sign-in does not end; it is at ${url}`);
  }

  /** A person goes somewhere; redirects are not followed. */
  navigate(method: string, url: string, form?: string): Promise<BrowserAnswer> {
    return this.#send(method, url, form, {
      ...{ "sec-fetch-site": "none", "sec-fetch-mode": "navigate", accept: "text/html" },
      ...(form !== undefined && { "content-type": "application/x-www-form-urlencoded" }),
    });
  }

  /** The portal's page asks, unless `headers` say otherwise. */
  ask(method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<BrowserAnswer> {
    return this.#send(method, `${this.origin}${path}`, body && JSON.stringify(body), {
      ...{ origin: this.origin, "sec-fetch-site": "same-origin" },
      ...(body && { "content-type": "application/json" }),
      ...headers,
    });
  }

  /** An event stream; what came of it so far is in `text`. */
  follow(path = "/api/v1/events"): Promise<EventText> {
    const url = new URL(path, this.origin);
    return new Promise((resolve, reject) => {
      const headers = { cookie: this.#cookieHeader(url), "sec-fetch-site": "same-origin" };
      const sent = request(url, { headers }, (response) => {
        const events = new EventText(response.statusCode ?? 0, () => sent.destroy());
        this.#streams.push(events);
        response.setEncoding("utf8").on("data", (part: string) => events.add(part));
        response.on("error", () => undefined);
        resolve(events);
      });
      sent.once("error", reject);
      sent.end();
    });
  }

  /** Ends all its streams: open ones would keep a test's process alive. */
  close(): void {
    for (const stream of this.#streams) stream.end();
  }

  #send(
    method: string,
    url: string,
    body: string | undefined,
    headers: Record<string, string>,
  ): Promise<BrowserAnswer> {
    const target = new URL(url);
    return new Promise((resolve, reject) => {
      const sent = request(
        target,
        { method, headers: { ...headers, cookie: this.#cookieHeader(target) } },
        (response) => {
          for (const cookie of response.headers["set-cookie"] ?? []) this.#keep(target, cookie);
          const { statusCode: status = 0, headers: received } = response;
          text(response).then((answer) => {
            const json = <Schema extends z.ZodType>(schema: Schema) => schema.parse(JSON.parse(answer));
            resolve({ status, location: received.location, body: answer, json });
          }, reject);
        },
      );
      sent.once("error", reject);
      sent.end(body);
    });
  }

  #cookieHeader({ host }: URL): string {
    return [...(this.cookies.get(host) ?? [])].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  #keep({ host }: URL, cookie: string): void {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
    const kept = this.cookies.get(host) ?? new Map<string, string>();
    const isOver = /; *max-age=0\b|expires=Thu, 01 Jan 1970/i.test(cookie);
    if (isOver) kept.delete(name);
    else kept.set(name, value);
    this.cookies.set(host, kept);
  }
}

/** What has come of an event stream. */
export class EventText {
  readonly status: number;
  readonly end: () => void;
  text = "";

  constructor(status: number, end: () => void) {
    this.status = status;
    this.end = end;
  }

  add(part: string): void {
    this.text += part;
  }

  async until(pattern: RegExp, timeoutMs = 60_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!pattern.test(this.text)) {
      if (Date.now() > deadline) throw new Error(`no ${String(pattern)} in time; the last: ${this.text.slice(-1_000)}`);
      await sleep(20);
    }
  }
}
