import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import {
  abandonedLocks,
  backendFolder,
  lockedMessage,
  removeLock,
  StackLockedError,
} from "../../recover/stack-locks.ts";
import type { LockedStack, StackLock } from "../../recover/stack-locks.ts";

const since = "2026-03-01T12:03:00Z";
const timestamp = "2026-03-01T12:03:00.123456789Z";
const commands = { again: "npm run recover dev", cancel: "pulumi cancel --stack dev --yes" };

describe("locks of a stack", () => {
  let where: LockedStack;
  beforeEach(() => {
    where = { pulumiState: mkdtempSync(join(tmpdir(), "locks-")), project: "kasm-vdi", stack: "dev", commands };
  });
  afterEach(() => rmSync(where.pulumiState, { recursive: true }));

  const lock = (name: string, holder: Partial<StackLock>) => {
    const folder = join(where.pulumiState, ".pulumi", "locks", "organization", "kasm-vdi", "dev");
    mkdirSync(folder, { recursive: true });
    const content: StackLock = { pid: 1, username: "ada", hostname: hostname(), timestamp, ...holder };
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(content));
    return join(folder, `${name}.json`);
  };
  const endedProcess = async () => {
    const ended = execa("true");
    const { pid } = ended;
    await ended;
    return pid!;
  };
  const pids = () => abandonedLocks(where).map(({ lock: { pid } }) => pid);

  it("may be missing altogether", () => {
    expect(pids()).to.deep.equal([]);
  });

  it("are abandoned when their engine is gone, and then go", async () => {
    const pid = await endedProcess();
    const file = lock("abandoned", { pid });
    expect(pids()).to.deep.equal([pid]);
    expect(existsSync(file)).to.equal(true);
    abandonedLocks(where).forEach(removeLock);
    expect(existsSync(file)).to.equal(false);
    expect(pids()).to.deep.equal([]);
  });

  it("are abandoned when another process has the engine's number since", () => {
    lock("before-the-restart", { pid: process.pid, timestamp: "2026-03-01T12:03:00Z" });
    expect(pids()).to.deep.equal([process.pid]);
  });

  it("are held while their engine runs, and say its pid", () => {
    lock("running", { pid: process.pid, timestamp: new Date().toISOString() });
    expect(pids).to.throw(StackLockedError, `process ${process.pid} of ada on this machine`);
  });

  it("are held when their engine ran on another machine, and say which", async () => {
    lock("elsewhere", { pid: await endedProcess(), hostname: "another-machine" });
    expect(pids).to.throw(StackLockedError, "on another-machine");
  });
});

describe("the message of a locked stack", () => {
  const holder: StackLock = { pid: 4711, username: "ada", hostname: "desk", timestamp };
  const message = (locks: StackLock[], thisHost: string) => lockedMessage({ stack: "dev", commands }, locks, thisHost);

  it("tells how to wait for an engine of this machine and how to interrupt it, not how to break its lock", () => {
    const text = message([holder], "desk");
    expect(text).to.match(/^Another Pulumi engine has the stack dev:\n {2}process 4711 of ada on this machine/);
    expect(text).to.contain(`since ${since}`).and.to.contain("ps -p 4711").and.to.contain("kill -INT 4711");
    expect(text).not.to.contain("pulumi cancel");
  });

  it("tells how to give back the lock of an engine on a machine that cannot be looked at, and what to run then", () => {
    const text = message([holder], "laptop");
    expect(text).to.contain("on desk").and.to.contain(commands.cancel).and.to.contain(commands.again);
    expect(text).not.to.contain("kill");
  });

  it("names every holder", () => {
    const text = message([holder, { ...holder, pid: 4712 }], "desk");
    expect(text).to.contain("process 4711").and.to.contain("process 4712");
  });
});

describe("the folder of a backend", () => {
  for (const [address, folder] of [
    ["file:///var/state", "/var/state"],
    ["file:///var/state?no_tmp_dir=true", "/var/state"],
    ["file://~", homedir()],
    ["s3://bucket/path", undefined],
    ["https://api.pulumi.com", undefined],
  ] as const)
    it(`is ${folder ?? "none"} for ${address}`, () => {
      expect(backendFolder(address)).to.equal(folder);
    });
});
