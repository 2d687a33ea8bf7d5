import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { builtBundle, currentBundle } from "../../../components/vdi-operator/bundle.ts";

// Counts its builds, where the real one would make the operator.
const counting = `
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
let builds = 0;
try { builds = Number(readFileSync("dist/kasm-operator.mjs", "utf8")); } catch {}
mkdirSync("dist", { recursive: true });
writeFileSync("dist/kasm-operator.mjs", String(builds + 1));
`;

describe("the bundle that is shipped", () => {
  let root: string;
  const write = (file: string, text: string) => writeFileSync(join(root, file), text);
  const setChanged = (file: string, seconds: number) => utimesSync(join(root, file), seconds, seconds);

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "project-"));
    for (const folder of ["operator/bundle", "kube"]) mkdirSync(join(root, folder), { recursive: true });
    write("operator/bundle/main.ts", counting);
    write("kube/client.ts", "");
    write("package-lock.json", "{}");
    for (const file of ["operator/bundle/main.ts", "kube/client.ts", "package-lock.json"]) setChanged(file, 1000);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it("is built when there is none, and again when a source or a package has changed since, else not", () => {
    expect(currentBundle(root)).to.equal("1");
    expect(currentBundle(root)).to.equal("1");
    let built = 1;
    for (const source of ["kube/client.ts", "operator/bundle/main.ts", "package-lock.json"]) {
      setChanged(builtBundle, 2000);
      setChanged(source, 3000);
      expect(currentBundle(root), source).to.equal(String(++built));
    }
  });

  it("is not shipped as it was when it cannot be built: the message says why, and what to do", () => {
    write("operator/bundle/main.ts", 'console.error("x.ts:1:1: ERROR: Unexpected end"); process.exit(1);');
    expect(() => currentBundle(root)).to.throw(
      /cannot be built: x\.ts:1:1: ERROR: Unexpected end\n`npm ci` .* `npm run bundle` .* kasm-vdi:operator\.image/,
    );
  });
});
