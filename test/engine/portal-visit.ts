import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from "playwright-core";
import { keepPicture } from "./pictures.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Somebody at the portal's pages, in a browser that knows nobody else. Notes what should not happen on them. */
export class PortalVisit {
  readonly origin: string;
  readonly context: BrowserContext;
  readonly page: Page;
  /** What a page did that ours may not: errors, violations of its policy, requests elsewhere. */
  readonly faults: string[] = [];

  private constructor(origin: string, context: BrowserContext, page: Page) {
    this.origin = origin;
    this.context = context;
    this.page = page;
    page.on("pageerror", ({ message }) => this.faults.push(message));
    page.on("console", (message) => {
      // The browser notes refusals too, which the tests are about.
      const isRefusal = message.text().startsWith("Failed to load resource");
      if (message.type() === "error" && !isRefusal && message.location().url.startsWith(origin))
        this.faults.push(message.text());
    });
    page.on("request", (request) => {
      if (request.isNavigationRequest() || !request.frame().url().startsWith(origin)) return;
      if (!request.url().startsWith(`${origin}/`) && !request.url().startsWith("data:"))
        this.faults.push(`asked for ${request.url()}`);
    });
  }

  static async begin(browser: Browser, origin: string, options: BrowserContextOptions = {}): Promise<PortalVisit> {
    const context = await browser.newContext({ viewport: { width: 1_280, height: 800 }, locale: "en-GB", ...options });
    context.setDefaultTimeout(20_000);
    return new PortalVisit(origin, context, await context.newPage());
  }

  /** By the lab's identity provider, from where the visitor is, or from the first page. */
  async signIn(login: string): Promise<this> {
    const { page } = this;
    if (!page.url().startsWith(this.origin)) await page.goto(this.origin);
    await page.getByRole("link", { name: /^(Sign in|Anmelden)$/ }).click();
    await page.locator(`button[value="${login}"]`).click();
    await page.getByRole("navigation").waitFor();
    return this;
  }

  /** To a page, by its address. */
  async goTo(path: string): Promise<void> {
    await this.page.goto(`${this.origin}${path}`);
    await this.page.getByRole("navigation").waitFor();
    await this.sees(this.page.locator("main h1, main p").first());
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole("button", typeof name === "string" ? { name, exact: true } : { name });
  }

  /** Waits for words. */
  sees(what: string | RegExp | Locator, timeout?: number): Promise<void> {
    const locator = typeof what === "string" || what instanceof RegExp ? this.page.getByText(what).first() : what;
    return locator.waitFor(timeout === undefined ? {} : { timeout });
  }

  /** What axe finds wrong, as `RULE: ELEMENT`. */
  async violations(): Promise<string[]> {
    await this.page.evaluate(axe);
    const { violations } = await this.page.evaluate<{ violations: { id: string; nodes: { target: string[] }[] }[] }>(
      "axe.run(document)",
    );
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(" ")}`));
  }

  /** How much wider than the window the page is. */
  async overhang(): Promise<number> {
    return this.page.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
  }

  /** What has the keyboard's focus, by its words. */
  focused(): Promise<string> {
    return this.page.evaluate<string>(
      "(document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent) || document.activeElement.name || ''",
    );
  }

  /** Presses Tab until something is in focus. @throws Error where that is out of the keyboard's reach */
  async tabTo(words: string): Promise<void> {
    const passed: string[] = [];
    for (let tries = 0; tries < 60; tries++) {
      const focused = await this.focused();
      if (focused === words) return;
      passed.push(focused.slice(0, 30));
      await this.page.keyboard.press("Tab");
    }
    throw new Error(`the keyboard does not come to "${words}", only to ${[...new Set(passed)].join(", ")}`);
  }

  /** Leaves a picture of the page among those of the run. */
  picture(name: string): Promise<void> {
    return keepPicture(this.page, `portal-${name}`);
  }

  async end(): Promise<void> {
    await this.context.close();
  }
}
