import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { readTurnSecret, TurnSecretError } from "../../../operator/turn/shared-secret.ts";

describe("what TURN credentials are made from", () => {
  let folder: string;
  const file = () => join(folder, "shared-secret");

  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "turn-secret-"))));
  afterEach(() => rm(folder, { recursive: true }));

  it("is read anew each time, without the end of its line", async () => {
    await writeFile(file(), "first\n");
    expect(await readTurnSecret(file())).to.equal("first");
    await writeFile(file(), "second");
    expect(await readTurnSecret(file())).to.equal("second");
  });

  it("is missed in a sentence that says what to do", async () => {
    const failure = () => readTurnSecret(file()).catch((error: unknown) => error);
    expect(await failure()).to.be.instanceOf(TurnSecretError);
    expect(String(await failure())).to.contain("cannot be read (ENOENT); mount the Secret turn-credentials there");
    await writeFile(file(), "\n");
    expect(String(await failure())).to.contain("is empty; it needs the shared secret");
  });
});
