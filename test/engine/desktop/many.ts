import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { request } from "node:https";
import type { DesktopLab } from "./desktop-lab.ts";

const count = 20;

/** As many desktops as a small office has, on one machine. */
export function many(lab: DesktopLab): void {
  describe("desktops of many people", () =>
    it(`are ${count} that were asked for at once, each with its picture`, async () => {
      await lab.template("many", { resources: { default: { gpu: 0, cpu: "500m", memory: "512Mi" } } });
      const names = Array.from({ length: count }, (_, index) => `many-${index}`);
      const begun = performance.now();
      try {
        await Promise.all(names.map((name) => lab.session(name, { template: "many" })));
        const seconds = (performance.now() - begun) / 1000;
        console.log(`      all Running after ${seconds.toFixed(1)} s`);
        const pictures: unknown[] = [];
        for (const name of names) pictures.push(await pictureInTime(await lab.linkTo(name)));
        expect(pictures).to.deep.equal(names.map(() => 200));
        const page = await lab.open(names.at(-1) ?? "");
        await page.close();
      } finally {
        await lab.delete(...names);
      }
    }));
}

/** The status of a desktop's picture, for who comes by a link; Traefik hears of a pod up to 2 s later. */
async function pictureInTime(link: string): Promise<number | undefined> {
  const { cookie } = await ask(link, {});
  const deadline = Date.now() + 10_000;
  for (;;) {
    const { status } = await ask(new URL("/api/screenshot", link).href, { cookie });
    if (status === 200 || Date.now() > deadline) return status;
    await sleep(200);
  }
}

function ask(address: string, headers: Readonly<Record<string, string>>): Promise<{ status?: number; cookie: string }> {
  const { hostname, port, pathname, search } = new URL(address);
  const to = { host: "127.0.0.1", port, path: `${pathname}${search}`, servername: hostname, rejectUnauthorized: false };
  return new Promise((resolve, reject) => {
    const asked = request(
      { ...to, headers: { host: `${hostname}:${port}`, accept: "text/html", ...headers } },
      (answer) => {
        const cookie = answer.headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
        const { statusCode: status } = answer;
        answer.resume().once("end", () => resolve({ ...(status !== undefined && { status }), cookie }));
      },
    );
    asked.once("error", reject).end();
  });
}
