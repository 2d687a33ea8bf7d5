import { launchChromium } from "../lab/desktop/chromium.ts";

// When the first tiles have been drawn, in milliseconds since the navigation began.
const noteTiles = `
  globalThis.tilesMs = new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error("the portal's page shows no tiles")), 30_000);
    new MutationObserver((_, observer) => {
      if (!document.querySelector(".tiles .tile")) return;
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
    }).observe(document, { childList: true, subtree: true });
  });
`;

/**
 * Milliseconds from the navigation until a page of the portal shows its tiles, in a Chromium that is open and has nothing of
 * the portal cached.
 */
export async function pageTimes(origin: string, cookie: string, visits: number): Promise<number[]> {
  const browser = await launchChromium();
  // Browsers take such a cookie of this machine without TLS too, but not from a driver.
  const url = origin.replace("http:", "https:");
  try {
    const times: number[] = [];
    for (let visit = 0; visit < visits; visit++) {
      const context = await browser.newContext();
      await context.addCookies([{ name: "__Host-portal", value: cookie, url, secure: true }]);
      await context.addInitScript(noteTiles);
      const page = await context.newPage();
      await page.goto(origin);
      times.push(await page.evaluate<number>("tilesMs"));
      await context.close();
    }
    return times;
  } finally {
    await browser.close();
  }
}
