import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "playwright-core";
import type { LabLayout } from "../lab/cluster/layout.ts";
import { procFile } from "../lab/cluster/process-identity.ts";
import { launchChromium } from "../lab/desktop/chromium.ts";
import { processTree, proportionalBytes } from "../lab/desktop/node/memory.ts";
import { desktopsPid } from "./desktop-starts.ts";
import { processFigures } from "./process-figures.ts";
import { rounded } from "./statistics.ts";

/** What a picture costs while somebody looks at it. */
export interface PictureFigures {
  readonly framesPerSecond: number;
  /** Of all that the page's WebSockets get. */
  readonly megabitsPerSecond: number;
  /** Of the desktop, with its encoder. */
  readonly cores: number;
}

export interface StreamFigures {
  /** Of all processes of a desktop that somebody looks at; what they share counts once. */
  readonly memoryMiB: number;
  readonly still: PictureFigures;
  readonly scrolling: PictureFigures;
}

const settleMs = 5_000;
const lookMs = 5_000;

/** Opens a desktop in a browser, and counts what comes over a picture that stands still, and over one that scrolls. */
export async function measureStream(layout: LabLayout, link: string, podName: string): Promise<StreamFigures> {
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({ ignoreHTTPSErrors: true, viewport: { width: 1_280, height: 720 } });
    const came = countFrames(page);
    const look = async (): Promise<PictureFigures> => {
      await sleep(settleMs);
      const pids = processesOf(layout, podName);
      const cpuSeconds = () => pids.reduce((sum, pid) => sum + processFigures(pid).cpuSeconds, 0);
      const [before, cpuBefore, begun] = [{ ...came }, cpuSeconds(), performance.now()];
      await sleep(lookMs);
      const seconds = (performance.now() - begun) / 1000;
      return {
        framesPerSecond: rounded((came.frames - before.frames) / seconds, 0),
        megabitsPerSecond: rounded(((came.bytes - before.bytes) * 8) / 1e6 / seconds),
        cores: rounded((cpuSeconds() - cpuBefore) / seconds),
      };
    };
    const address = new URL(link);
    // Else a worker reads it, where nobody sees what comes.
    address.searchParams.set("socket_worker", "false");
    await page.goto(address.href);
    await page.waitForFunction("document.querySelector('#videoStream')?.videoWidth > 0");
    const still = await look();
    const bytes = processesOf(layout, podName).map((pid) => proportionalBytes(procFile(pid, "smaps_rollup") ?? ""));
    await page.mouse.click(400, 300);
    await page.keyboard.type("while ! read -rt 0.016; do echo $RANDOM $RANDOM $RANDOM $RANDOM $RANDOM $RANDOM; done\n");
    const scrolling = await look();
    const memoryMiB = rounded(bytes.reduce((sum, it) => sum + it, 0) / 2 ** 20, 0);
    return { memoryMiB, still, scrolling };
  } finally {
    await browser.close();
  }
}

/** Counts from now on what the page's WebSockets get. */
function countFrames(page: Page): { frames: number; bytes: number } {
  const came = { frames: 0, bytes: 0 };
  page.on("websocket", (socket) =>
    socket.on("framereceived", ({ payload }) => {
      came.bytes += payload.length;
      if (payload[0] === videoMessage) came.frames++;
    }),
  );
  return came;
}

/** First byte of a message of Selkies' that has a frame of the video. */
const videoMessage = 4;

/** Those whose hostname is the pod's. */
function processesOf(layout: LabLayout, podName: string): number[] {
  const hasName = (pid: number) => procFile(pid, "environ")?.split("\0").includes(`HOSTNAME=${podName}`);
  return processTree(desktopsPid(layout)).filter(hasName);
}
