import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { statusOf } from "./access.ts";
import type { DesktopLab } from "./desktop-lab.ts";
import type { DesktopPage } from "./desktop-page.ts";
import { kill, startOperator } from "./lab-components.ts";
import { processesBelow } from "./left-behind.ts";
import { untilCut } from "./lifetime.ts";

/** What breaks under an open page, and what a person sees of it. */
export function faults(lab: DesktopLab): void {
  describe("a desktop under whom something ends", () => {
    it("shows its next picture when its display is gone, and nobody meets an error of Traefik's", async () => {
      const page = await lab.open("desktop");
      const before = await lab.restarts("desktop");
      await page.type("pkill Xvfb");
      const seen: string[] = [];
      const deadline = Date.now() + 60_000;
      // Asked before the page is: the old desktop's page may have come, and what it loads no more.
      for (let isNew = false; !isNew || seen.at(-1) !== "200";) {
        isNew = (await lab.restarts("desktop")) > before;
        // Its page loads itself anew, too, which ends what is under way.
        const answer = await page.page.goto(lab.link.replace(/\?.*/, "")).catch(() => null);
        const text = await answer?.text().catch(() => undefined);
        if (answer && text !== undefined)
          seen.push(answer.ok() ? "200" : `${answer.status()} ${/<h1>(.*)<\/h1>/.exec(text)?.[1] ?? text}`);
        if (Date.now() > deadline) throw new Error(`it is not there after a minute: ${seen.join("; ")}`);
      }
      expect(
        seen.filter((it) => !/^(?:200|503 Your desktop (?:is starting|does not answer(?: yet)?))$/.test(it)),
      ).to.deep.equal([]);
      expect(await lab.restarts("desktop")).to.equal(before + 1);
      await page.untilPicture();
      await page.type("echo after-the-display > after-restart");
      expect(await lab.inHome("after-restart")).to.equal("after-the-display\n");
      const told = await lab.kubectl(
        "logs",
        (await lab.pod("desktop")).metadata.name,
        "--container=desktop",
        "--previous",
      );
      expect(told).to.contain("Selkies");
      await page.close();
    });

    it("goes on without a stop when the operator is killed and started again", async () => {
      const page = await lab.open("desktop");
      kill(lab, "operator");
      await page.type("echo while-it-is-away > away");
      expect(await lab.inHome("away")).to.equal("while-it-is-away\n");
      await startOperator(lab);
      await page.type("echo when-it-is-back > back");
      expect(await lab.inHome("back")).to.equal("when-it-is-back\n");
      expect(page.closedSockets).to.equal(0);
      await page.close();
    });

    it("goes on without a stop when the gateway is killed, and nobody new comes in until it is started again", async () => {
      const page = await lab.open("desktop");
      const address = lab.link.replace(/\?.*/, "");
      kill(lab, "gateway");
      await page.type("echo without-a-gateway > ungated");
      expect(await lab.inHome("ungated")).to.equal("without-a-gateway\n");
      expect(await statusOf(address)).to.be.at.least(500);
      await startOperator(lab);
      expect(await statusOf(address)).to.equal(401);
      const second = await lab.open("desktop");
      await second.close();
      expect(page.closedSockets).to.equal(0);
      await page.close();
    });

    it("cannot be reached when the forwarder is killed, and goes on by itself after `npm run lab desktop`", async () => {
      const page = await lab.open("desktop");
      const commands = () => processesBelow(lab.layout).map(({ command }) => command);
      const before = commands().sort();
      const pods = await lab.kubectl("get", "pods", "--output=name");
      kill(lab, "forwarder");
      await untilCut(page);
      expect(await statusOf(page.page.url()).catch(String)).to.match(/ECONNREFUSED|ECONNRESET/);
      const begun = performance.now();
      await lab.run("desktop");
      console.log(`      mended in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
      await worksAgain(page, "after-forwarder");
      expect(await lab.kubectl("get", "pods", "--output=name")).to.equal(pods);
      expect(commands().sort()).to.deep.equal(before);
      await page.close();
    });

    it("goes on by itself when Traefik is killed, and runs again", async () => {
      const page = await lab.open("desktop");
      for (const { pid } of processesBelow(lab.layout).filter(({ command }) => /\/traefik --config/.test(command)))
        process.kill(pid, "SIGKILL");
      await untilCut(page);
      await worksAgain(page, "after-traefik");
      await page.close();
    });

    it("is started anew, and told why, when it takes more memory than it may", async () => {
      await lab.template("small", { resources: { default: { gpu: 0, cpu: "1", memory: "400Mi" } } });
      await lab.session("greedy", { template: "small" });
      try {
        const page = await lab.open("greedy");
        await page.type("python3 -c 'a = bytearray(600 * 2**20); input()'");
        await lab.until("greedy", ({ status }) => status?.conditions?.some(isOutOfMemory) ?? false);
        const status = (await lab.pod("greedy")).status?.containerStatuses?.find(({ name }) => name === "desktop");
        const end = status?.state?.terminated ?? status?.lastState?.terminated;
        expect(end).to.deep.include({ reason: "OOMKilled", exitCode: 137 });
        await page.close();
      } finally {
        await lab.delete("greedy");
      }
    });

    it("has no more CPU than its limit", async () => {
      const pod = await lab.pod("desktop");
      const page = await lab.open("desktop");
      await page.type("for i in 1 2; do timeout 6 sh -c 'while :; do :; done' & done");
      await sleep(1_000);
      const first = cpuSeconds(lab, pod.metadata.name);
      await sleep(4_000);
      // One core for all of it; two loops would take what both cores have to give.
      expect(cpuSeconds(lab, pod.metadata.name) - first).to.be.lessThan(4.6);
      await page.close();
    });

    /** What is typed arrives once the page has connected itself anew. */
    async function worksAgain(page: DesktopPage, name: string): Promise<void> {
      await page.untilPicture();
      // Its first letters may fall into the connection's last moments.
      let text = "";
      for (let tries = 0; text !== `${name}\n` && tries < 10; tries++) {
        await page.type(`echo ${name} > ${name}`);
        text = await lab.inHome(name);
      }
      expect(text).to.equal(`${name}\n`);
    }
  });
}

function isOutOfMemory({ reason }: { reason: string }): boolean {
  return reason === "OutOfMemory";
}

function cpuSeconds({ layout }: DesktopLab, hostname: string): number {
  const all = processesBelow(layout).filter((it) => it.hostname === hostname);
  return all.reduce((sum, { cpuTicks }) => sum + cpuTicks, 0) / 100;
}
