import { existsSync, readFileSync, readdirSync } from "node:fs";
import { expect } from "chai";

const root = new URL("../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");

/** `a --> b` for each import that the linter allows, except those of a folder to itself and those of the tests. */
function allowedByLint(): string[] {
  const [, rows] = /const mayImport = \{\n([\s\S]*?)\n\};/.exec(read("eslint.config.js"))!;
  return [...rows!.matchAll(/^ {2}(\w+): \[(.*)\],$/gm)].flatMap(([, from, targets]) =>
    [...targets!.matchAll(/"(\w+)"/g)].filter(([, to]) => to !== from).map(([, to]) => `${from!} --> ${to!}`),
  );
}

describe("the architecture page", () => {
  const page = read("docs/architecture.md");
  const [, diagram] = /```mermaid\n([\s\S]*?)```/.exec(page)!;
  const arrows = [...diagram!.matchAll(/^ *([\w.]+) --> (\w+)$/gm)].map(([, from, to]) => `${from!} --> ${to!}`);

  it("draws exactly the imports that the linter allows between folders", () => {
    const betweenFolders = arrows.filter((arrow) => !arrow.startsWith("index.ts"));
    expect(betweenFolders.length).to.be.greaterThan(0);
    expect(betweenFolders).to.have.members(allowedByLint());
  });

  it("draws exactly the folders that the program's entry imports", () => {
    const imported = [...read("index.ts").matchAll(/(?:from |import\()"\.\/(\w+)\//g)].map(
      ([, folder]) => `index.ts --> ${folder!}`,
    );
    expect(arrows.filter((arrow) => arrow.startsWith("index.ts"))).to.have.members([...new Set(imported)]);
  });

  it("describes every folder of code that is there, and no other", () => {
    const described = [...page.matchAll(/^\| `(\w+)` +\|/gm)].map(([, folder]) => folder!);
    const [, linted] = /const folders = \[([\s\S]*?)\];/.exec(read("eslint.config.js"))!;
    const present = [...linted!.matchAll(/"(\w+)"/g)]
      .map(([, folder]) => folder!)
      .filter((it) => existsSync(new URL(it, root)));
    expect(described).to.have.members(present);
  });
});

describe("the dependencies page", () => {
  it("gives a reason for every dependency of package.json, and for no other", () => {
    const manifest = JSON.parse(read("package.json")) as Record<string, Record<string, string>>;
    const groups = ["dependencies", "optionalDependencies", "devDependencies"];
    const declared = groups.flatMap((group) => Object.keys(manifest[group] ?? {}));
    const explained = [...read("docs/dependencies.md").matchAll(/^\| (`[^|]+`) +\|/gm)].flatMap(([, names]) =>
      [...names!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!),
    );
    expect(explained).to.have.members(declared);
  });
});

describe("the pages for people", () => {
  const pages = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].concat(
    readdirSync(new URL("docs", root), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".md"))
      .map((file) => `docs/${file}`),
  );
  for (const page of pages)
    it(`${page} links to files that exist`, () => {
      const links = [...read(page).matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(([, target]) => target!);
      const missing = links.filter(
        (target) => !target.includes("://") && !existsSync(new URL(target, new URL(page, root))),
      );
      expect(missing).to.deep.equal([]);
    });
});
