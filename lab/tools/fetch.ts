import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { basename } from "node:path";
import { getCACertificates } from "node:tls";
import { EnvHttpProxyAgent, fetch, type Response } from "undici";
import type { Checksum } from "./tool.ts";

// Companies that inspect TLS put their own authority into the system's store, which Node.js does not read by itself.
const ca = [...getCACertificates("default"), ...getCACertificates("system")];

// A machine without internet is normal here, so nobody should wait long to learn it.
const network = new EnvHttpProxyAgent({
  connect: { timeout: 5_000, ca },
  requestTls: { ca },
  headersTimeout: 20_000,
  bodyTimeout: 30_000,
});

/** The text at `url`. @throws {Error} that names the host and why it could not be had */
export async function fetchText(url: string): Promise<string> {
  const response = await reach(url);
  return response.text();
}

/**
 * Downloads `url` into `file` and holds it against its checksum.
 *
 * @throws {Error} with a short reason; what was written to `file` must then not be used
 */
export async function fetchVerified(
  url: string,
  checksum: Checksum,
  file: string,
  onProgress: (text: string) => void,
): Promise<void> {
  const expected =
    "pinnedSha256" in checksum
      ? checksum.pinnedSha256
      : sumFor(basename(new URL(url).pathname), await fetchText(checksum.officialFile));
  if (expected === undefined) throw new Error("the official checksum file does not list the release");
  const actual = await save(url, file, onProgress);
  if (actual !== expected) throw new Error(`refused: SHA-256 of ${url} is ${actual}, expected ${expected}`);
}

/**
 * The SHA-256 of a file as a checksum file gives it: lines of `SUM  NAME` or `SUM *NAME`, or nothing but the sum.
 * Undefined when the file does not give one.
 */
export function sumFor(name: string, checksums: string): string | undefined {
  const lines = checksums.split("\n").map((line) => line.trim());
  const sums = lines.map((line) => /^([0-9a-fA-F]{64})(?:\s+\*?(\S+))?$/.exec(line)).filter((match) => match !== null);
  const named = sums.find((match) => match[2] !== undefined && basename(match[2]) === name);
  const only = sums.length === 1 && sums[0]?.[2] === undefined ? sums[0] : undefined;
  return (named ?? only)?.[1]?.toLowerCase();
}

/** The SHA-256 of a file, in lower-case hexadecimal. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

async function save(url: string, file: string, onProgress: (text: string) => void): Promise<string> {
  const response = await reach(url);
  if (response.body === null) throw new Error(`${new URL(url).host} answered without content`);
  const total = Number(response.headers.get("content-length") ?? 0);
  const hash = createHash("sha256");
  let received = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      received += chunk.length;
      onProgress(`downloading, ${megabytes(received)}${total > 0 ? ` of ${megabytes(total)}` : ""} MB`);
      done(null, chunk);
    },
  });
  try {
    await pipeline(Readable.fromWeb(response.body), measure, createWriteStream(file));
  } catch (error) {
    throw new Error(`the transfer from ${new URL(url).host} broke off (${reasonOf(error)})`, { cause: error });
  }
  return hash.digest("hex");
}

async function reach(url: string): Promise<Response> {
  const { host } = new URL(url);
  let response: Response;
  try {
    response = await fetch(url, { dispatcher: network });
  } catch (error) {
    throw new Error(`${host} could not be reached (${reasonOf(error)})`, { cause: error });
  }
  if (!response.ok) throw new Error(`${host} answered ${response.status} for ${url}`);
  return response;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ("code" in error && typeof error.code === "string") return error.code;
  return error.cause === undefined ? error.message : reasonOf(error.cause);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
