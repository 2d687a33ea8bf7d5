import type { Page } from "playwright-core";

// For the browser, whose words the compiler of this project does not know.
const decode = `async (base64) => {
  const blob = await (await fetch("data:image/png;base64," + base64)).blob();
  const drawing = new OffscreenCanvas(1, 1).getContext("2d");
  drawing.drawImage(await createImageBitmap(blob), 0, 0);
  return [...drawing.getImageData(0, 0, 1, 1).data].slice(0, 3).join(",");
}`;

/** The colour that somebody sees at a place of a page, as `red,green,blue`: of its screenshot, decoded by the browser. */
export async function colourAt(page: Page, { x, y }: { x: number; y: number }): Promise<string> {
  const picture = await page.screenshot({ clip: { x, y, width: 4, height: 4 } });
  // The desktop's own page loads nothing from elsewhere.
  const reader = await page.context().newPage();
  try {
    return await reader.evaluate<string>(`(${decode})("${picture.toString("base64")}")`);
  } finally {
    await reader.close();
  }
}
