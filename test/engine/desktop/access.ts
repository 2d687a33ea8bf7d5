import { request } from "node:https";
import { expect } from "chai";
import type { DesktopLab } from "./desktop-lab.ts";
import { namespace } from "./desktop-lab.ts";

/** Who gets in by which way, and who does not. */
export function access(lab: DesktopLab): void {
  describe("the way into a desktop", () => {
    it("is a link, and shows its picture; without one, or with a forged one, there is nothing", async () => {
      const address = lab.link.replace(/\?.*/, "");
      const forged = lab.link.replace(/.$/, (last) => (last === "A" ? "B" : "A"));
      expect([await statusOf(address), await statusOf(forged)]).to.deep.equal([401, 401]);
      const page = await lab.page();
      await page.page.goto(lab.link);
      expect(page.page.url()).to.equal(address);
      await page.untilPicture();
      await page.type("echo typed-in-a-browser > note");
      expect(await lab.inHome("note")).to.equal("typed-in-a-browser\n");
      await page.picture("typed");
      await page.close();
    });

    it("is its user and password as well, and no other password", async () => {
      const { status } = await lab.until("desktop", (it) => it.status?.credentialsSecretName !== undefined);
      const key = {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: status?.credentialsSecretName ?? "", namespace },
      };
      const data = (await lab.client.get(key))?.["data"] as Record<"user" | "password", string>;
      const [username, password] = [data.user, data.password].map((it) => Buffer.from(it, "base64").toString());
      const address = lab.link.replace(/\?.*/, "");
      const stranger = await lab.page({ httpCredentials: { username: username ?? "", password: "wrong" } });
      expect((await stranger.page.goto(address))?.status()).to.equal(401);
      await stranger.close();
      const page = await lab.page({ httpCredentials: { username: username ?? "", password: password ?? "" } });
      await page.open(address);
      await page.untilPicture();
      await page.close();
    });

    it("is open in two tabs at once, and what is typed in one is seen in the other", async () => {
      const first = await lab.open("desktop");
      const second = await first.tab();
      await second.open(lab.link.replace(/\?.*/, ""));
      await second.untilPicture();
      await second.type("echo typed-in-the-second-tab > second");
      expect(await lab.inHome("second")).to.equal("typed-in-the-second-tab\n");
      await first.untilPicture();
      await first.close();
    });

    it("is open again after a reload", async () => {
      const page = await lab.open("desktop");
      await page.page.reload();
      await page.untilPicture();
      await page.close();
    });
  });
}

/** What somebody gets who has no cookie. The name leads to this machine, as browsers know by themselves. */
export function statusOf(address: string): Promise<number | undefined> {
  const { hostname, port, pathname, search } = new URL(address);
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        ...{ host: "127.0.0.1", port, path: `${pathname}${search}`, servername: hostname, rejectUnauthorized: false },
        headers: { host: `${hostname}:${port}`, accept: "text/html" },
      },
      (answer) => resolve((answer.resume(), answer.statusCode)),
    );
    asked.once("error", reject).end();
  });
}
