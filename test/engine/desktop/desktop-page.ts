import { setTimeout as sleep } from "node:timers/promises";
import type { BrowserContext, Page } from "playwright-core";
import { keepPicture } from "../pictures.ts";
import { colourAt } from "./page-colour.ts";

/** Of the desktop's background, and where there is nothing else. */
const background = "43,58,74";
/** Of its terminal. */
const paper = "251,251,248";
const emptyPlace = { x: 1_100, y: 650 };
const terminal = { x: 400, y: 300 };

/** A desktop's page in a browser, and what a person does with it. */
export class DesktopPage {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Texts that came by WebSockets. */
  readonly received: string[] = [];
  /** How many WebSockets have been closed. */
  closedSockets = 0;

  private constructor(context: BrowserContext, page: Page) {
    this.context = context;
    this.page = page;
    page.on("websocket", (socket) => {
      socket.on("framereceived", ({ payload }) => typeof payload === "string" && this.received.push(payload));
      socket.on("close", () => this.closedSockets++);
    });
  }

  static async in(context: BrowserContext): Promise<DesktopPage> {
    return new DesktopPage(context, await context.newPage());
  }

  /** Opens a desktop whose page reads its WebSocket itself, and not by a worker, where no test would see it. */
  async open(address: string): Promise<void> {
    const url = new URL(address);
    url.searchParams.set("socket_worker", "false");
    await this.page.goto(url.href);
  }

  /** Another tab of the same browser. */
  async tab(): Promise<DesktopPage> {
    return new DesktopPage(this.context, await this.context.newPage());
  }

  async untilPicture(timeoutMs = 90_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    let seen = "";
    while (Date.now() < deadline) {
      const look = async (place: typeof terminal) => colourAt(this.page, place).catch(String);
      seen = `${await look(emptyPlace)} and ${await look(terminal)}`;
      const [first = "", second = ""] = seen.split(" and ");
      // By way of a lossy video.
      if (distance(first, background) < 12 && distance(second, paper) < 12) return;
      await sleep(200);
    }
    const where = `${seen} at ${this.page.url()}: ${(await this.text()).slice(0, 500)}`;
    throw new Error(`no picture after ${timeoutMs / 1000} s but ${where}`);
  }

  /** Width and height of the picture that comes, whatever the page makes of it. */
  async pictureSize(): Promise<[number, number]> {
    return this.page.evaluate<[number, number]>(
      '(({ videoWidth, videoHeight }) => [videoWidth, videoHeight])(document.querySelector("#videoStream"))',
    );
  }

  /** What is to be read in it. */
  async text(): Promise<string> {
    return this.page.innerText("body").catch(String);
  }

  /** Types a line into the terminal. */
  async type(line: string): Promise<void> {
    await this.page.mouse.click(terminal.x, terminal.y);
    await this.page.keyboard.type(line, { delay: 20 });
    await this.page.keyboard.press("Enter");
  }

  /** Sends what the page would, by its own WebSocket. */
  async send(message: string | readonly number[]): Promise<void> {
    const text = JSON.stringify(message);
    const data = typeof message === "string" ? text : `new Uint8Array(${text})`;
    await this.page.evaluate(`selkiesTransport.send(${data})`);
  }

  /** The status of what the page itself asks for. */
  async ask(path: string, init: object = {}): Promise<number> {
    return this.page.evaluate<number>(
      `fetch(${JSON.stringify(path)}, ${JSON.stringify(init)}).then((it) => it.status)`,
    );
  }

  /** Waits until a text has come by a WebSocket. */
  async hears(isIt: (text: string) => boolean, timeoutMs = 5_000): Promise<boolean> {
    const deadline = Date.now() + timeoutMs;
    while (!this.received.some(isIt) && Date.now() < deadline) await sleep(50);
    return this.received.some(isIt);
  }

  /** Leaves a picture of the page among those of the run. */
  picture(name: string): Promise<void> {
    return keepPicture(this.page, `desktop-${name}`);
  }

  async close(): Promise<void> {
    await this.context.close();
  }
}

function distance(one: string, other: string): number {
  const [first, second] = [one, other].map((text) => text.split(",").map(Number));
  return Math.max(...(first ?? []).map((value, index) => Math.abs(value - (second?.[index] ?? 0))));
}
