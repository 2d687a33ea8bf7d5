import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { removeStaleLocks } from "../../../lab/platform/stale-locks.ts";

describe("locks of the lab's stack", () => {
  const state = mkdtempSync(join(tmpdir(), "locks-"));
  const folder = join(state, ".pulumi", "locks", "organization", "kasm-vdi", "lab");
  const lock = (name: string, content: object) => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(content));
    return join(folder, `${name}.json`);
  };
  after(() => rmSync(state, { recursive: true }));

  it("may be missing altogether", () => {
    expect(removeStaleLocks(state, "kasm-vdi", "lab")).to.deep.equal([]);
  });

  it("are removed when their engine is gone, and only then", async () => {
    const ended = execa("true");
    const { pid } = ended;
    await ended;
    const stale = lock("stale", { pid, hostname: hostname() });
    const running = lock("running", { pid: process.pid, hostname: hostname() });
    const elsewhere = lock("elsewhere", { pid, hostname: "another-machine" });
    expect(removeStaleLocks(state, "kasm-vdi", "lab")).to.deep.equal([pid]);
    expect([stale, running, elsewhere].map((file) => existsSync(file))).to.deep.equal([false, true, true]);
  });
});
