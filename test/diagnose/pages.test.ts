import { readFileSync, readdirSync } from "node:fs";
import { expect } from "chai";
import { generatedPages } from "../../diagnose/pages/pages.ts";

const folder = new URL("../../docs/diagnosis/", import.meta.url);

describe("docs/diagnosis", () => {
  it("has what `npm run docs:diagnosis` makes of the catalog, and beside it only the pages written by hand", () => {
    const pages = generatedPages();
    const outdated = [...pages].filter(([name, content]) => read(name) !== content).map(([name]) => name);
    expect(outdated, "run `npm run docs:diagnosis`").to.deep.equal([]);
    expect(readdirSync(folder).filter((name) => !pages.has(name))).to.deep.equal(["README.md"]);
  });
});

function read(name: string): string | undefined {
  try {
    return readFileSync(new URL(name, folder), "utf8");
  } catch {
    return undefined;
  }
}
