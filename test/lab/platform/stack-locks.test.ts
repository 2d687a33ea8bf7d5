import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { lockedMessage, StackLockedError, takeStack } from "../../../lab/platform/stack-locks.ts";
import type { StackLock } from "../../../lab/platform/stack-locks.ts";

const since = "2026-03-01T12:03:00Z";
const timestamp = "2026-03-01T12:03:00.123456789Z";

describe("locks of the lab's stack", () => {
  let where: { pulumiState: string; project: string; stack: string };
  beforeEach(() => {
    where = { pulumiState: mkdtempSync(join(tmpdir(), "locks-")), project: "kasm-vdi", stack: "lab" };
  });
  afterEach(() => rmSync(where.pulumiState, { recursive: true }));

  const lock = (name: string, holder: Partial<StackLock>) => {
    const folder = join(where.pulumiState, ".pulumi", "locks", "organization", "kasm-vdi", "lab");
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

  it("may be missing altogether", () => {
    expect(takeStack(where)).to.deep.equal([]);
  });

  it("are removed when their engine is gone", async () => {
    const pid = await endedProcess();
    const file = lock("stale", { pid });
    expect(takeStack(where)).to.deep.equal([pid]);
    expect(existsSync(file)).to.equal(false);
  });

  it("stay while their engine runs, and say its pid", () => {
    const file = lock("running", { pid: process.pid });
    expect(() => takeStack(where)).to.throw(StackLockedError, `process ${process.pid} of ada on this machine`);
    expect(existsSync(file)).to.equal(true);
  });

  it("stay when their engine ran on another machine, and say which", async () => {
    const file = lock("elsewhere", { pid: await endedProcess(), hostname: "another-machine" });
    expect(() => takeStack(where)).to.throw(StackLockedError, "on another-machine");
    expect(existsSync(file)).to.equal(true);
  });
});

describe("the message of a locked stack", () => {
  const holder: StackLock = { pid: 4711, username: "ada", hostname: "desk", timestamp };

  it("tells how to wait for an engine of this machine and how to interrupt it, not how to break its lock", () => {
    const message = lockedMessage("lab", [holder], "desk");
    expect(message).to.match(/^Another Pulumi engine has the stack lab:\n {2}process 4711 of ada on this machine/);
    expect(message).to.contain(`since ${since}`).and.to.contain("ps -p 4711").and.to.contain("kill -INT 4711");
    expect(message).not.to.contain("pulumi cancel");
  });

  it("tells how to give back the lock of an engine on a machine that cannot be looked at", () => {
    const message = lockedMessage("lab", [holder], "laptop");
    expect(message).to.contain("on desk").and.to.contain("pulumi cancel --stack lab --yes");
    expect(message).not.to.contain("kill");
  });

  it("names every holder", () => {
    const message = lockedMessage("lab", [holder, { ...holder, pid: 4712 }], "desk");
    expect(message).to.contain("process 4711").and.to.contain("process 4712");
  });
});
