import { lstat, mkdtemp, readdir, readlink, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { linkTools } from "../../../lab/tools/link.ts";
import type { ProvidedTool } from "../../../lab/tools/resolve.ts";

describe("the folder of links to the tools", () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "kasm-vdi-test-"))));
  afterEach(() => rm(folder, { recursive: true }));

  const tool = (path: string, companions: string[] = []): ProvidedTool => ({
    name: "fake",
    version: "1",
    source: "cache",
    path,
    companions,
  });

  it("holds a tool under its plain name and its companions beside it", async () => {
    await linkTools(folder, [tool("/cache/1/fake-linux-amd64", ["/cache/1/fake-host"])]);
    expect(await readlink(join(folder, "fake"))).to.equal("/cache/1/fake-linux-amd64");
    expect(await readlink(join(folder, "fake-host"))).to.equal("/cache/1/fake-host");
  });

  it("follows a tool to its new place, and touches nothing when it is right already", async () => {
    await linkTools(folder, [tool("/cache/1/fake")]);
    await linkTools(folder, [tool("/cache/2/fake")]);
    expect(await readlink(join(folder, "fake"))).to.equal("/cache/2/fake");
    const before = (await lstat(join(folder, "fake"))).ino;
    await linkTools(folder, [tool("/cache/2/fake")]);
    expect((await lstat(join(folder, "fake"))).ino).to.equal(before);
    expect(await readdir(folder)).to.deep.equal(["fake"]);
  });

  it("never makes a link point at itself, though the tool was found on PATH through it", async () => {
    await linkTools(folder, [tool("/usr/local/bin/fake")]);
    await linkTools(folder, [tool(join(folder, "fake"))]);
    expect(await readlink(join(folder, "fake"))).to.equal("/usr/local/bin/fake");
  });
});
