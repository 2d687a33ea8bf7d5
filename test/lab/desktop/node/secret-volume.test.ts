import { mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { secretFiles, writeSecretVolume } from "../../../../lab/desktop/node/secret-volume.ts";

const files = (texts: Record<string, string>) =>
  Object.fromEntries(Object.entries(texts).map(([path, text]) => [path, Buffer.from(text)]));

describe("a mounted Secret", () => {
  let folder: string;

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "kasm-vdi-secret-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it("is a link into one folder with all of it, as the kubelet lays it", () => {
    writeSecretVolume(folder, files({ user: "alice", password: "one" }), "first");
    expect(readdirSync(folder).sort()).to.deep.equal(["..data", "..first", "password", "user"]);
    expect(readlinkSync(join(folder, "user"))).to.equal("..data/user");
    expect(readlinkSync(join(folder, "..data"))).to.equal("..first");
  });

  it("becomes another one all at once: by one link, and without what is no more", () => {
    writeSecretVolume(folder, files({ user: "alice", password: "one", old: "x" }), "first");
    expect(writeSecretVolume(folder, files({ user: "alice", password: "two" }), "second")).to.equal(true);
    expect(readdirSync(folder).sort()).to.deep.equal(["..data", "..second", "password", "user"]);
    expect(readFileSync(join(folder, "password"), "utf8")).to.equal("two");
  });

  it("is left alone while nothing has changed", () => {
    writeSecretVolume(folder, files({ user: "alice" }), "first");
    expect(writeSecretVolume(folder, files({ user: "alice" }), "second")).to.equal(false);
    expect(readlinkSync(join(folder, "..data"))).to.equal("..first");
  });

  it("has the keys that are asked for, at their paths, and none that is not there", () => {
    const data = files({ rtc: "{}", other: "x" });
    expect(Object.keys(secretFiles(data, [{ key: "rtc", path: "rtc.json" }]))).to.deep.equal(["rtc.json"]);
    expect(() => secretFiles(data, [{ key: "no", path: "no" }])).to.throw("references non-existent secret key: no");
  });
});
