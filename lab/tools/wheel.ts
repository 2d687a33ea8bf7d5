import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { promisify } from "node:util";
import { inflateRaw } from "node:zlib";

const inflate = promisify(inflateRaw);

/**
 * Unpacks a Python wheel (a plain .zip: no encryption, no ZIP64) with its executable bits.
 *
 * @throws {Error} when the file is not such an archive or an entry would land outside `folder`
 */
export async function unpackWheel(file: string, folder: string): Promise<void> {
  const archive = await readFile(file);
  for (const entry of centralDirectory(archive)) {
    if (entry.name.endsWith("/")) continue;
    const path = join(folder, entry.name);
    if (!resolve(path).startsWith(resolve(folder) + sep)) throw new Error(`${file}: entry ${entry.name} leads outside`);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, await contentOf(archive, entry));
    if ((entry.mode & 0o111) !== 0) await chmod(path, 0o755);
  }
}

interface ZipEntry {
  name: string;
  method: number;
  compressedSize: number;
  offset: number;
  mode: number;
}

// Field offsets: APPNOTE.TXT of the .ZIP file format, sections 4.3.7, 4.3.12 and 4.3.16.
function* centralDirectory(archive: Buffer): Generator<ZipEntry> {
  const end = archive.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0) throw new Error("not a wheel: it has no zip directory");
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    const nameLength = archive.readUInt16LE(at + 28);
    yield {
      name: archive.toString("utf8", at + 46, at + 46 + nameLength),
      method: archive.readUInt16LE(at + 10),
      compressedSize: archive.readUInt32LE(at + 20),
      offset: archive.readUInt32LE(at + 42),
      mode: archive.readUInt32LE(at + 38) >>> 16,
    };
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
}

async function contentOf(archive: Buffer, entry: ZipEntry): Promise<Buffer> {
  const start = entry.offset + 30 + archive.readUInt16LE(entry.offset + 26) + archive.readUInt16LE(entry.offset + 28);
  const data = archive.subarray(start, start + entry.compressedSize);
  if (entry.method === 0) return data;
  if (entry.method === 8) return inflate(data);
  throw new Error(`not a wheel: ${entry.name} is compressed by method ${entry.method}`);
}
