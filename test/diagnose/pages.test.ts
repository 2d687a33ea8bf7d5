import { readFileSync, readdirSync } from "node:fs";
import { expect } from "chai";
import { generatedPages } from "../../diagnose/pages/pages.ts";
import { allCases } from "../cases/case.ts";

const folder = new URL("../../docs/diagnosis/", import.meta.url);

describe("docs/diagnosis", () => {
  it("has what `npm run docs:diagnosis` makes of the catalog, and beside it only the pages written by hand", () => {
    const pages = generatedPages();
    const outdated = [...pages].filter(([name, content]) => read(name) !== content).map(([name]) => name);
    expect(outdated, "run `npm run docs:diagnosis`").to.deep.equal([]);
    expect(readdirSync(folder).filter((name) => !pages.has(name))).to.deep.equal(["README.md"]);
  });

  it("names for each reported failure a case that is told by the code beside it", () => {
    const rows = [...(read("README.md") ?? "").matchAll(/\| \[(\w+)\]\(\w+\.md\) +\| \[([\w/-]+)\]\(\S+\) +\|/g)];
    const cases = new Map(allCases().map((it) => [it.name, [...it.expect.roots, ...(it.expect.symptoms ?? [])]]));
    const wrong = rows.filter(([, code = "", name = ""]) => !cases.get(name)?.some((it) => it.startsWith(`${code} `)));
    expect(rows.length).to.be.greaterThan(40);
    expect(wrong.map(([row]) => row)).to.deep.equal([]);
  });
});

function read(name: string): string | undefined {
  try {
    return readFileSync(new URL(name, folder), "utf8");
  } catch {
    return undefined;
  }
}
