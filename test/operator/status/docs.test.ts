import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { vdiSessionStatus } from "../../../operator/api/vdi-session.ts";
import { otherReasons, readyReasons } from "../../../operator/status/reasons.ts";

const page = readFileSync(join(import.meta.dirname, "..", "..", "..", "docs", "conditions.md"), "utf8");

/** Cells of the rows below a heading, without the head of the table. */
function rows(heading: string): string[][] {
  const [, section = ""] = page.split(`\n## ${heading}\n`);
  return (section.split("\n## ", 1)[0] ?? "")
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll("`", "")),
    );
}

describe("docs/conditions.md", () => {
  it("has every reason of Ready in the order of importance, with its kind", () => {
    expect(rows("Reasons of Ready").map(([reason, kind]) => [reason, kind])).to.deep.equal(
      Object.entries(readyReasons),
    );
  });

  it("has every reason of other conditions", () => {
    const known = Object.entries(otherReasons).flatMap(([type, reasons]) => reasons.map((reason) => [type, reason]));
    expect(rows("Reasons of other conditions").map(([type, reason]) => [type, reason])).to.deep.equal(known);
  });

  it("says of each what it means and what to do", () => {
    for (const cells of [...rows("Reasons of Ready"), ...rows("Reasons of other conditions")]) {
      expect(cells, cells[0]).to.have.lengthOf(4);
      for (const cell of cells) expect(cell, cells.join()).to.match(/^\S.*[^.]$/);
    }
  });

  it("has every phase", () => {
    expect(rows("Phases").map(([phase]) => phase)).to.deep.equal(vdiSessionStatus.shape.phase.unwrap().options);
  });
});

describe("the reasons", () => {
  it("are words that the API takes, each for one thing", () => {
    const all = [...Object.keys(readyReasons), ...Object.values(otherReasons).flat()];
    expect(new Set(all).size).to.equal(all.length);
    for (const reason of all) expect(reason).to.match(/^[A-Z][A-Za-z]+$/);
  });
});
