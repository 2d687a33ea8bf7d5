import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { fetchVerified, sumFor } from "../../../lab/tools/fetch.ts";
import type { Checksum } from "../../../lab/tools/tool.ts";
import { serve } from "./loopback.ts";

const content = "a release";
const sum = createHash("sha256").update(content).digest("hex");
const other = "0".repeat(64);

describe("a download", () => {
  let server: Awaited<ReturnType<typeof serve>>;
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "kasm-vdi-test-"));
    server = await serve({
      "/tool-linux": content,
      "/right": `${sum}  tool-linux\n`,
      "/wrong": `${other}  tool-linux\n`,
    });
  });
  after(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  const fetching = (path: string, checksum: Checksum) =>
    fetchVerified(server.url + path, checksum, join(folder, "file"), () => undefined).then(
      () => "done",
      (error: unknown) => (error as Error).message,
    );

  it("is kept when it has the pinned sum", async () => {
    expect(await fetching("/tool-linux", { pinnedSha256: sum })).to.equal("done");
    expect(await readFile(join(folder, "file"), "utf8")).to.equal(content);
  });

  it("is refused when its sum is not the pinned one, and both sums are told", async () => {
    expect(await fetching("/tool-linux", { pinnedSha256: other })).to.equal(
      `refused: SHA-256 of ${server.url}/tool-linux is ${sum}, expected ${other}`,
    );
  });

  it("is kept when the official checksum file lists it with that sum, and refused when with another", async () => {
    expect(await fetching("/tool-linux", { officialFile: `${server.url}/right` })).to.equal("done");
    expect(await fetching("/tool-linux", { officialFile: `${server.url}/wrong` })).to.match(/^refused: /);
  });

  it("is not even begun when the checksum file cannot be had", async () => {
    server.asked.length = 0;
    expect(await fetching("/tool-linux", { officialFile: `${server.url}/none` })).to.match(/answered 404/);
    expect(server.asked).to.deep.equal(["/none"]);
  });

  it("names the host and the reason when nobody listens there", async () => {
    const closed = await serve({});
    await closed.close();
    const message = await fetchVerified(`${closed.url}/x`, { pinnedSha256: sum }, join(folder, "file"), () => undefined)
      .then(() => "")
      .catch((error: unknown) => (error as Error).message);
    expect(message).to.equal(`${new URL(closed.url).host} could not be reached (ECONNREFUSED)`);
  });
});

describe("a checksum file", () => {
  const cases: [string, string, string | undefined][] = [
    ["nothing but the sum", `${sum}\n`, sum],
    ["sum and name", `${other}  another\n${sum}  tool\n`, sum],
    ["the binary mark and a folder", `${sum} *./dist/tool`, sum],
    ["capital letters", `${sum.toUpperCase()}  tool`, sum],
    ["other files only", `${other}  another\n`, undefined],
    ["a page that says there is no such file", "<html>404</html>", undefined],
    ["several nameless sums", `${sum}\n${other}\n`, undefined],
  ];
  for (const [what, text, expected] of cases)
    it(`with ${what} gives ${expected === undefined ? "no sum" : "the file's sum"}`, () => {
      expect(sumFor("tool", text)).to.equal(expected);
    });
});
