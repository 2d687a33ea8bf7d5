import { expect } from "chai";
import type { DesktopLab } from "./desktop-lab.ts";
import type { DesktopPage } from "./desktop-page.ts";

/** How large the screen is that somebody works on. */
export function display(lab: DesktopLab): void {
  describe("a desktop's screen", () => {
    let page: DesktopPage;
    before(async () => {
      page = await lab.open("desktop");
    });
    after(() => page.close());

    for (const [title, width, height] of [
      // Widths are multiples of 8, as Selkies makes them.
      ["follows a window that becomes smaller", 1_152, 680],
      ["follows a window that becomes larger", 1_600, 900],
      ["follows the window back", 1_280, 720],
    ] as const)
      it(title, async () => {
        await page.page.setViewportSize({ width, height });
        expect(await screen(`${width}x${height}`)).to.equal(`${width}x${height}`);
        await page.untilPicture();
        expect(await page.pictureSize()).to.deep.equal([width, height]);
      });

    /** What programs of the desktop find, once it is what is wanted; after some seconds what it is instead. */
    async function screen(wanted: string): Promise<string> {
      const size = "xdpyinfo | sed -n 's/ *dimensions: *\\([0-9x]*\\).*/\\1/p'";
      const file = `screen-${wanted}`;
      await page.type(`for i in {1..50}; do [ "$(${size})" = ${wanted} ] && break; sleep 0.1; done; ${size} > ${file}`);
      return (await lab.inHome(file)).trim();
    }
  });
}
