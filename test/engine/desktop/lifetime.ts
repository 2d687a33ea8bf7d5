import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { waitForObject } from "../../../kube/wait-for.ts";
import { sessionKey } from "../../../lab/session/objects.ts";
import { namespace } from "./desktop-lab.ts";
import type { DesktopLab } from "./desktop-lab.ts";
import type { DesktopPage } from "./desktop-page.ts";

/** How desktops end, and what is seen of it in a browser. */
export function lifetime(lab: DesktopLab): void {
  describe("the end of a desktop", () => {
    before(async () => {
      // Its clock runs while others are tried.
      await lab.session("idle", { idle: { after: "40s", warnBefore: "15s" } });
    });

    it("is a suspension under an open page, from which only a person wakes it, with its home", async () => {
      const page = await lab.open("desktop");
      await page.type("echo before-the-end > before");
      expect(await lab.inHome("before")).to.equal("before-the-end\n");
      await lab.run("session", "suspend", "desktop");
      await lab.until("desktop", ({ status }) => status?.phase === "Suspended");
      // Its page asks by itself all the time.
      await sleep(5_000);
      await lab.until("desktop", ({ status }) => status?.phase === "Suspended");
      await page.picture("suspended");
      await page.open(lab.link.replace(/\?.*/, ""));
      await page.untilPicture();
      await page.type("cp before after-wake");
      expect(await lab.inHome("after-wake")).to.equal("before-the-end\n");
      await page.close();
    });

    it("is a revocation, which cuts what is open, and voids the cookie", async () => {
      await lab.session("revoked");
      const page = await lab.open("revoked");
      const address = page.page.url();
      await lab.patch("revoked", { access: { revokedBefore: new Date().toISOString().replace(/\.\d+/, "") } });
      await untilCut(page);
      const answer = await page.page.goto(address).then((it) => String(it?.status()), String);
      // Which browsers say of a 401 under an empty password.
      expect(answer).to.match(/^401$|ERR_INVALID_AUTH_CREDENTIALS/);
      await page.close();
      await lab.delete("revoked");
    });

    it("is the session's timeout, which cuts what is open, and leaves nothing to open", async () => {
      await lab.session("short");
      const page = await lab.open("short");
      const address = page.page.url();
      const { metadata } = await lab.until("short", () => true);
      const age = Math.ceil((Date.now() - Date.parse(metadata.creationTimestamp ?? "")) / 1000);
      await lab.patch("short", { timeout: `${age + 3}s` });
      await untilCut(page);
      await waitForObject(lab.client, sessionKey(namespace, "short"), (it) => it === undefined, { timeoutMs: 30_000 });
      expect((await page.page.goto(address))?.status()).to.be.oneOf([404, 410]);
      await page.close();
    });

    it("is a suspension where nobody was connected for so long, told beforehand", async () => {
      await lab.until("idle", ({ status }) => status?.phase === "Suspended");
      const told = await lab.kubectl("get", "events", "--field-selector=involvedObject.name=idle", "-o", "json");
      const reasons = (JSON.parse(told) as { items: { reason: string }[] }).items.map(({ reason }) => reason);
      expect(reasons).to.include.members(["IdleWarning"]);
      await lab.delete("idle");
    });
  });
}

/** Waits until a page's stream is closed, which was open all the time. */
export async function untilCut(page: DesktopPage): Promise<void> {
  for (let tries = 0; page.closedSockets === 0; tries++) {
    if (tries > 300) throw new Error("the stream is still open after 15 s");
    await sleep(50);
  }
}
