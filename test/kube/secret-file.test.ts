import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { readSecretFile, SecretFileError } from "../../kube/secret-file.ts";

const key = { what: "the signing key of links and cookies", variable: "VDI_ACCESS_KEY_FILE" };

describe("a secret of a program's own", () => {
  let folder: string;
  const file = () => join(folder, "key");
  const failure = () => readSecretFile(file(), key).then(String, (error: unknown) => error);

  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "signing-key-"))));
  afterEach(() => rm(folder, { recursive: true }));

  it("is the file's bytes as they are", async () => {
    const bytes = Buffer.from([...Array(32).keys()]);
    await writeFile(file(), bytes);
    expect(await readSecretFile(file(), key)).to.deep.equal(bytes);
  });

  it("is refused when it is short or missing, in a sentence without its content", async () => {
    const missing = await failure();
    expect(missing).to.be.instanceOf(SecretFileError);
    expect(String(missing)).to.contain("cannot be read (ENOENT); give the Secret behind VDI_ACCESS_KEY_FILE");
    await writeFile(file(), "short secret");
    expect(String(await failure()))
      .to.contain("has 12 bytes; give the Secret behind VDI_ACCESS_KEY_FILE at least 32 random bytes")
      .and.not.contain("short secret");
  });
});
