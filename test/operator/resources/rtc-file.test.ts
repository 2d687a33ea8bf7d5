import { lstat, mkdtemp, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { execa } from "execa";
import { copyRtcConfig, followRtcConfig } from "../../../operator/resources/rtc-file.ts";

describe("the file that a desktop reads its TURN servers from", () => {
  let folder: string;
  const path = (name: string) => join(folder, name);

  /** As the kubelet brings new content of a Secret into a pod: a link is put in the place of another. */
  async function mount(content: string): Promise<void> {
    await writeFile(path(content), content);
    await symlink(path(content), path("new"));
    await rename(path("new"), path("mounted"));
  }

  async function until(content: string): Promise<void> {
    const end = Date.now() + 5_000;
    while ((await readFile(path("rtc.json"), "utf8").catch(() => "")) !== content && Date.now() < end) await sleep(10);
    expect(await readFile(path("rtc.json"), "utf8")).to.equal(content);
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "rtc file-"));
    await mount("one");
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("is a plain file that others may not write, as Selkies demands", async () => {
    await execa("sh", ["-c", copyRtcConfig(path("mounted"), path("rtc.json"))]);
    const { mode } = await lstat(path("rtc.json"));
    expect((await lstat(path("rtc.json"))).isFile()).to.equal(true);
    expect((mode & 0o777).toString(8)).to.equal("644");
    await until("one");
  });

  it("is written in place when the Secret's content changes, and the process ends when it is told to", async () => {
    await writeFile(path("rtc.json"), "one");
    const { ino } = await lstat(path("rtc.json"));
    const process = execa("sh", ["-c", followRtcConfig(path("mounted"), path("rtc.json"), 0.02)], { reject: false });
    await mount("two");
    await until("two");
    expect((await lstat(path("rtc.json"))).ino).to.equal(ino);
    process.kill("SIGTERM");
    expect((await process).exitCode).to.equal(0);
  });
});
