import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { readRunRecord } from "../../../lab/cluster/run-record.ts";
import { leftBehind, processesBelow } from "./left-behind.ts";
import type { DesktopLab } from "./desktop-lab.ts";

/** What is there of a lab with desktops when a part of it was killed, and when it was told to end. The last of all: it ends the lab. */
export function leftovers(lab: DesktopLab, before: () => readonly string[]): void {
  const commands = (isIt: RegExp) => processesBelow(lab.layout).filter(({ command }) => isIt.test(command));
  /** Of the desktop of this pod. */
  const of = (pod: string, isIt: RegExp) => commands(isIt).filter(({ hostname }) => hostname === pod);
  const kill = (pod: string, isIt: RegExp) => {
    const found = of(pod, isIt);
    for (const { pid } of found) process.kill(pid, "SIGKILL");
    return found.length;
  };

  describe("what is left of a lab", () => {
    for (const [part, isIt] of [
      ["a desktop's first process", /^(?:\/bin\/)?bash \/usr\/local\/bin\/desktop/],
      ["what holds a desktop's namespaces", /^unshare --mount --pid /],
    ] as const)
      it(`is a whole desktop when ${part} was killed: it takes the desktop's other processes along, and a new one comes`, async () => {
        const restarts = await lab.restarts("desktop");
        const pod = (await lab.pod("desktop")).metadata.name;
        const old = of(pod, /^Xvfb/).map(({ pid }) => pid);
        expect(kill(pod, isIt)).to.equal(1);
        await lab.until("desktop", ({ status }) => status?.phase !== "Running");
        await lab.until("desktop", ({ status }) => status?.phase === "Running");
        expect(await lab.restarts("desktop")).to.equal(restarts + 1);
        expect(of(pod, /^Xvfb/).filter(({ pid }) => old.includes(pid))).to.deep.equal([]);
      });

    it("is neither Traefik nor a desktop when the process that runs them was killed", async () => {
      process.kill(readRunRecord(lab.layout, "desktops")?.pid ?? 0, "SIGKILL");
      const desktops = /^Xvfb|selkies|\/traefik --config|container\.sh/;
      for (let tries = 0; commands(desktops).length > 0 && tries < 50; tries++) await sleep(100);
      expect(commands(desktops).map(({ command }) => command)).to.deep.equal([]);
    });

    it("is what the next command finds when a command was killed in the middle of its work", async () => {
      const command = lab.run("desktop");
      command.catch(() => undefined);
      // By then it has started some of what is missing.
      await sleep(3_000);
      command.kill("SIGKILL");
      await command.catch(() => undefined);
    });

    it("is no process, mount, interface or control group after `down`", async () => {
      await lab.run("down");
      expect(leftBehind(lab.layout)).to.deep.equal(before());
    });
  });
}
