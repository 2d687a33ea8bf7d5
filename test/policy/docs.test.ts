import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { hostAccessExceptions, privilegedNamespaceExceptions } from "../../policy/exceptions.ts";
import { rules } from "../../policy/rules.ts";

const page = readFileSync(join(import.meta.dirname, "..", "..", "docs", "policy.md"), "utf8");
const rows = [...page.matchAll(/^\| `([^`]+)` +\| (.*?) +\| (.*?) +\| (.*?) +\|$/gm)].map((row) => row.slice(1));

describe("docs/policy.md", () => {
  it("has every rule in order, with what holds, its level and who judges it", () => {
    expect(rows.slice(0, rules.length)).to.deep.equal(
      rules.map(({ name, description, level, isForTestsOnly }) => [
        name,
        description.replaceAll("|", "\\|"),
        level,
        isForTestsOnly === true ? "tests" : "preview, tests",
      ]),
    );
  });

  it("lists every exception with its reason", () => {
    const listed = page.replace(/\s+/g, " ");
    for (const { component, access, reason } of hostAccessExceptions)
      expect(listed).to.match(new RegExp(`\\| \`${component}\` +\\| \`${access}\` +\\| ${reason} +\\|`));
    for (const { component, reason } of privilegedNamespaceExceptions)
      expect(listed).to.match(new RegExp(`\\| \`${component}\` +\\| privileged namespace +\\| ${reason} +\\|`));
  });
});

describe("the rules", () => {
  it("have names of their own, which the engine takes", () => {
    expect(new Set(rules.map(({ name }) => name)).size).to.equal(rules.length);
    for (const { name } of rules)
      expect(name)
        .to.match(/^[a-z0-9-]+$/)
        .and.not.equal("all");
  });

  it("tell reason and remedy in whole sentences, and what holds in a row of a table", () => {
    for (const { name, description, why, fix } of rules) {
      expect(description, name).to.match(/^[A-Z].*[^.]$/);
      expect(why, name).to.match(/^[A-Z].*\.$/);
      expect(fix, name).to.match(/^[A-Z].*\.$/);
    }
  });
});
