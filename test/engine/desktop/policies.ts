import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { DesktopLab } from "./desktop-lab.ts";
import type { DesktopPage } from "./desktop-page.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");

/** Every way that a policy can forbid, and how it is tried: by what the desktop's own page says to it. */
const attempts = {
  "clipboard into the desktop": async (page, { home }) => {
    await page.send(`cw,${base64("from-the-browser")}`);
    await sleep(1_000);
    await page.type("xclip -out -selection clipboard > pasted; echo done > pasted-done");
    await untilThere(join(home, "pasted-done"));
    return readFileSync(join(home, "pasted"), "utf8") === "from-the-browser";
  },
  "clipboard out of the desktop": async (page) => {
    await page.type("echo -n from-the-desktop | xclip -selection clipboard");
    await sleep(1_000);
    await page.send("cr");
    return page.hears((text) => text.startsWith("clipboard") && text.includes(base64("from-the-desktop")), 3_000);
  },
  "a file into the desktop": async (page, { home }) => {
    const status = await page.ask("/api/upload", {
      method: "POST",
      body: "x",
      headers: { "X-Upload-Path": "uploaded" },
    });
    expect(existsSync(join(home, "Desktop", "uploaded"))).to.equal(status === 200);
    return allowed(status);
  },
  "a file out of the desktop": async (page, { home }) => {
    mkdirSync(join(home, "Desktop"), { recursive: true });
    writeFileSync(join(home, "Desktop", "report"), "x");
    return allowed(await page.ask("/api/files/report"));
  },
  "a list of files": async (page) => allowed(await page.ask("/api/files/")),
  "a printed document": async (page, { home }) => {
    const spool = join(home, ".local/state/selkies/print");
    mkdirSync(spool, { recursive: true });
    // Whoever asks takes it away, and the page asks by itself as soon as it hears of it.
    for (let tries = 0; tries < 10; tries++) {
      writeFileSync(join(spool, `letter-${tries}.pdf`), "%PDF-1.4");
      const status = await page.ask(`/api/print/letter-${tries}.pdf`);
      if (status !== 404) return allowed(status);
    }
    return false;
  },
  microphone: async (page) => {
    await page.send([2, ...Array.from({ length: 960 }, () => 0)]);
    return !(await page.hears((text) => text === "MICROPHONE_DISABLED", 3_000));
  },
  "a switch to WebRTC": async (page) =>
    allowed(await page.ask("/api/switch", { method: "POST", body: '{"mode":"webrtc"}' })),
} satisfies Record<string, (page: DesktopPage, desktop: { home: string }) => Promise<boolean>>;

type Attempt = keyof typeof attempts;

interface Policy {
  readonly clipboard: "Both" | "In" | "Out" | "None";
  readonly files: "Both" | "Upload" | "Download" | "None";
  readonly microphone: boolean;
}

/** What each policy lets through; all else is refused. */
const table: Record<string, { policy: Policy; lets: readonly Attempt[] }> = {
  "that allows all": {
    policy: { clipboard: "Both", files: "Both", microphone: true },
    lets: [
      ...(["clipboard into the desktop", "clipboard out of the desktop", "a file into the desktop"] as const),
      ...(["a file out of the desktop", "a list of files", "a printed document", "microphone"] as const),
    ],
  },
  "of one way in": {
    policy: { clipboard: "In", files: "Upload", microphone: false },
    lets: ["clipboard into the desktop", "a file into the desktop"],
  },
  "of one way out": {
    policy: { clipboard: "Out", files: "Download", microphone: false },
    lets: ["clipboard out of the desktop", "a file out of the desktop", "a list of files", "a printed document"],
  },
  "that allows nothing": { policy: { clipboard: "None", files: "None", microphone: false }, lets: [] },
};

/** What a template's `desktopPolicy` forbids is refused by the desktop, whatever its page says. */
export function policies(lab: DesktopLab): void {
  describe("a template's policy, tried from the page", () => {
    for (const [index, [title, { policy, lets }]] of Object.entries(table).entries())
      it(`${title} lets through ${lets.length > 0 ? lets.join(", ") : "nothing"}, and nothing else`, async () => {
        const name = `policy-${index}`;
        await lab.template(name, { desktopPolicy: policy });
        const before = new Set(homes(lab));
        await lab.session(name, { template: name, persistence: { enabled: true, reclaim: "Delete" } });
        const home = homes(lab).find((it) => !before.has(it)) ?? "";
        const page = await lab.open(name);
        try {
          const passed: string[] = [];
          for (const [way, attempt] of Object.entries(attempts)) if (await attempt(page, { home })) passed.push(way);
          expect(passed).to.deep.equal(
            Object.keys(attempts).filter((way) => (lets as readonly string[]).includes(way)),
          );
        } finally {
          await page.close();
          await lab.delete(name);
          rmSync(home, { recursive: true, force: true });
        }
      });
  });
}

function homes({ layout }: DesktopLab): string[] {
  const volumes = join(layout.desktops, "volumes");
  return readdirSync(volumes).map((volume) => join(volumes, volume));
}

function allowed(status: number): boolean {
  expect(status).to.be.oneOf([200, 403, 404]);
  return status === 200;
}

async function untilThere(file: string): Promise<void> {
  for (let tries = 0; !existsSync(file); tries++) {
    if (tries > 100) throw new Error(`there is no ${file} after 10 s`);
    await sleep(100);
  }
}
