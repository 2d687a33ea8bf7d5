import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect } from "chai";
import {
  memoryOf,
  processTree,
  proportionalBytes,
  residentBytes,
  watchMemory,
} from "../../../../lab/desktop/node/memory.ts";

const mib = 2 ** 20;

describe("memory of a container", () => {
  it("is that of all processes below its first", () => {
    const children: Record<number, number[]> = { 1: [2, 3], 3: [4] };
    expect(processTree(1, (pid) => children[pid] ?? [])).to.deep.equal([1, 2, 3, 4]);
  });

  it("counts what processes share once, where it matters", () => {
    expect(proportionalBytes("55d0-7ffe ---p 00000000 00:00 0 [rollup]\nRss:  900 kB\nPss:  300 kB\n")).to.equal(
      307_200,
    );
    expect(residentBytes("5000 256 100 1 0 300 0")).to.equal(mib);
  });

  it("is nothing once it has ended", () => {
    expect(memoryOf(2 ** 22 + 1, 0)).to.equal(0);
  });

  it("is noticed when it is above the limit, also in a process that another one has started", async function () {
    if (process.platform !== "linux") this.skip();
    const program = "const all = Buffer.alloc(150 * 2 ** 20, 1); setTimeout(() => all, 20_000)";
    const shell = spawn("sh", ["-c", '"$0" -e "$1"; true', process.execPath, program]);
    const over = new AbortController();
    try {
      await new Promise<void>((resolve) => watchMemory(shell.pid ?? 0, 120 * mib, over.signal, resolve));
      expect(memoryOf(shell.pid ?? 0, 0)).to.be.greaterThan(120 * mib);
    } finally {
      over.abort();
      for (const pid of processTree(shell.pid ?? 0).reverse()) process.kill(pid, "SIGKILL");
      await once(shell, "exit");
    }
  });
});
