import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { z } from "zod";
import { renderers } from "../../diagnose/render/render.ts";
import { reportSchema } from "../../diagnose/render/report-schema.ts";
import { sample } from "./sample.ts";

const options = { color: false, width: 80 };
const endings: Readonly<Record<string, string>> = {
  ...{ table: "txt", short: "txt", json: "json", junit: "xml", sarif: "json", markdown: "md", html: "html" },
};
const golden = (format: string) => join(import.meta.dirname, "golden", `${format}.${endings[format] ?? "txt"}.golden`);

function rendered(format: string, { cluster, report } = sample()): string {
  return renderers[format]!(report, options, cluster);
}

/** GOLDEN=write takes what is rendered now; look at the difference before it is committed. */
function expected(format: string, now: string): string {
  const file = golden(format);
  if (process.env["GOLDEN"] === "write" || !existsSync(file)) writeFileSync(file, now);
  return readFileSync(file, "utf8");
}

describe("a report", () => {
  for (const format of Object.keys(renderers)) {
    it(`as ${format} is what it was, to the letter`, () => {
      const now = rendered(format);
      expect(now).to.equal(expected(format, now));
    });

    it(`as ${format} is the same whatever order the API server lists things in`, () => {
      const first = rendered(format);
      fc.assert(
        fc.property(fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (numbers) => {
          const order = <T>(items: readonly T[]) =>
            items
              .map((item) => ({ item, key: numbers.next().value as number }))
              .sort((a, b) => a.key - b.key)
              .map(({ item }) => item);
          expect(rendered(format, sample(order))).to.equal(first);
        }),
        { numRuns: 20 },
      );
    });
  }

  it("fits 80 columns as a table, but for commands, which stay whole", () => {
    const lines = rendered("table").split("\n");
    expect(lines.filter((line) => line.length > 80 && !line.trimStart().startsWith("$"))).to.deep.equal([]);
  });
});

describe("the JSON report", () => {
  it("is as its published schema says", () => {
    const file = new URL("../../docs/diagnosis/report.schema.json", import.meta.url);
    const published = z.fromJSONSchema(
      JSON.parse(readFileSync(file, "utf8")) as Parameters<typeof z.fromJSONSchema>[0],
    );
    const document = JSON.parse(rendered("json")) as object;
    expect(published.safeParse(document).error?.message).to.equal(undefined);
    expect(published.safeParse({ ...document, rootCauses: [{ code: 1 }] }).success).to.equal(false);
    expect(published.safeParse({ ...document, more: 1 }).success).to.equal(false);
    expect(reportSchema.safeParse(document).success).to.equal(true);
  });
});

describe("the HTML report", () => {
  const page = rendered("html");

  it("holds no script and asks nobody for anything, and forbids both", () => {
    expect(page).to.not.match(/<script|<link|<img|<iframe|@import|url\(|\son\w+=|javascript:/i);
    expect(page).to.contain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(page).to.not.match(/(?:src|href)=/);
  });

  it("shows texts of the cluster as texts", () => {
    expect(page).to.contain("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; more");
  });

  it("closes every element that it opens, in their order", () => {
    const empty = new Set(["meta", "rect", "circle", "line", "path", "br"]);
    const open: string[] = [];
    for (const [, slash, name, rest] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)([^>]*)>/g)) {
      if (empty.has(name!) || rest!.endsWith("/")) continue;
      if (slash === "") open.push(name!);
      else expect(open.pop()).to.equal(name);
    }
    expect(open).to.deep.equal([]);
  });

  it("shows of a node's resources what its pods requested of what it gives", () => {
    expect(page).to.contain("GPU slices: 16 of 16");
    expect(page).to.contain("CPU: 7.5 of 8 cores");
    expect(page).to.contain("Memory: 6 of 32 GiB");
    expect(page).to.contain("not Ready: container runtime is down");
  });

  it("leaves out events of objects that are well", () => {
    expect(page).to.not.contain("nobody needs to see this");
  });
});

describe("the SARIF report", () => {
  const { runs } = JSON.parse(rendered("sarif")) as { runs: [Run] };
  const [{ tool, results }] = runs;

  it("has a rule for each result, and all that code scanning asks of a result", () => {
    for (const { ruleId, ruleIndex, level, message, locations, partialFingerprints } of results) {
      expect(tool.driver.rules[ruleIndex]?.id).to.equal(ruleId);
      expect(["error", "warning", "note"]).to.include(level);
      expect(message.text).to.not.equal("");
      expect(locations[0]?.physicalLocation.artifactLocation.uri).to.match(/^cluster\/[\w./%-]+$/);
      expect(Object.keys(partialFingerprints)).to.have.length(1);
    }
  });

  it("links its rules to their pages where it is told where these are", () => {
    const { cluster, report } = sample();
    const docsUrl = "https://docs.example.com/diagnosis/";
    const told = JSON.parse(renderers["sarif"]!(report, { ...options, docsUrl }, cluster)) as { runs: [Run] };
    expect(told.runs[0].tool.driver.rules[0]?.helpUri).to.match(/^https:\/\/docs\.example\.com\/diagnosis\/\w+\.md$/);
    expect(tool.driver.rules[0]?.helpUri).to.equal(undefined);
  });
});

interface Run {
  tool: { driver: { rules: { id: string; helpUri?: string }[] } };
  results: {
    ruleId: string;
    ruleIndex: number;
    level: string;
    message: { text: string };
    locations: { physicalLocation: { artifactLocation: { uri: string } } }[];
    partialFingerprints: Record<string, string>;
  }[];
}
