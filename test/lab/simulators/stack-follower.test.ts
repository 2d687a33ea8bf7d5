import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { Machines } from "../../../lab/k3s/nodes.ts";
import { followStack } from "../../../lab/simulators/stack-follower.ts";

describe("hardware that follows the stack file", () => {
  let folder: string;
  let stop: AbortController;
  let ended: Promise<void> | undefined;
  let counts: number[];
  let lines: string[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "stack-"));
    stop = new AbortController();
    counts = [];
    lines = [];
  });

  afterEach(async () => {
    stop.abort();
    await ended;
    await rm(folder, { recursive: true });
  });

  async function start(text: string, follow = count) {
    const stackFile = join(folder, "Pulumi.lab.yaml");
    await writeFile(stackFile, text);
    const readMachines = async (file: string) =>
      ({
        pools: JSON.parse(await readFile(file, "utf8")) as unknown,
        nodeSize: { cpuCores: 4, memoryGiB: 8 },
      }) as Machines;
    ended = followStack({ stackFile, readMachines, follow, log: (line) => lines.push(line), pollMs: 10 }, stop.signal);
    return stackFile;
  }

  async function count({ pools }: Machines): Promise<void> {
    await Promise.resolve();
    counts.push(pools.length);
  }

  async function until(isSo: () => boolean): Promise<void> {
    for (let tries = 0; tries < 200 && !isSo(); tries++) await sleep(10);
    expect(isSo()).to.equal(true);
  }

  it("follows at the start and after an edit, and rests in between", async () => {
    const stackFile = await start("[{}]");
    await until(() => counts.length === 1);
    await sleep(60);
    expect(counts).to.deep.equal([1]);
    await writeFile(stackFile, "[{}, {}, {}]");
    await until(() => counts.length === 2);
    expect(counts).to.deep.equal([1, 3]);
  });

  it("says once that a file is invalid and leaves the hardware alone", async () => {
    await start("no stack");
    await until(() => lines.length > 0);
    await sleep(60);
    expect(lines).to.have.length(1);
    expect(lines[0]).to.include("the hardware stays as it is");
    expect(counts).to.deep.equal([]);
  });

  it("tries again when the API server was away", async () => {
    let calls = 0;
    await start("[{}]", () => {
      calls++;
      return calls < 3 ? Promise.reject(new Error("connection refused")) : Promise.resolve();
    });
    await until(() => calls === 3);
  });
});
