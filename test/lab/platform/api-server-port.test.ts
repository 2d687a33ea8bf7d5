import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { setApiServerPort } from "../../../lab/platform/stack-config.ts";

describe("the API server's port in the lab's stack", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "stack-"))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const write = (text: string) => {
    const file = join(folder, "Pulumi.lab.yaml");
    writeFileSync(file, text);
    return file;
  };

  it("is put in beside what people wrote, comments included, and follows another port", async () => {
    const file = write("# mine\nconfig:\n  kasm-vdi:nodeCount: 3 # three\n");
    await setApiServerPort(file, 20_022);
    expect(readFileSync(file, "utf8")).to.equal(
      "# mine\nconfig:\n  kasm-vdi:nodeCount: 3 # three\n  kasm-vdi:apiServerPort: 20022\n",
    );
    await setApiServerPort(file, 20_023);
    expect(readFileSync(file, "utf8")).to.contain("apiServerPort: 20023");
  });

  it("leaves a file alone that has it, as text too, or that is no YAML", async () => {
    for (const text of ["config:\n    kasm-vdi:apiServerPort: '20022'\n", "config: ["]) {
      const file = write(text);
      const { mtimeMs } = statSync(file);
      await setApiServerPort(file, 20_022);
      expect(readFileSync(file, "utf8")).to.equal(text);
      expect(statSync(file).mtimeMs).to.equal(mtimeMs);
    }
  });
});
