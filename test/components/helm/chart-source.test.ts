import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { chartDigest } from "../../../components/helm/chart-source.ts";

describe("the digest of a chart", () => {
  let folder: string;
  const chart = () => join(folder, "chart");
  const digest = (path = chart()) => chartDigest({ chart: path, version: "1.0.0" });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "chart-"));
    mkdirSync(join(chart(), "templates"), { recursive: true });
    writeFileSync(join(chart(), "Chart.yaml"), "name: a\n");
    writeFileSync(join(chart(), "templates", "a.yaml"), "kind: Job\n");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("changes with the content, the name and the number of its files, whatever the version says", () => {
    const seen = [digest()];
    writeFileSync(join(chart(), "templates", "a.yaml"), "kind: Pod\n");
    seen.push(digest());
    writeFileSync(join(chart(), "templates", "b.yaml"), "");
    seen.push(digest());
    rmSync(join(chart(), "templates", "a.yaml"));
    seen.push(digest());
    expect(new Set(seen)).to.have.property("size", 4);
  });

  it("is the same for the same content in another place", () => {
    const copy = join(folder, "copy");
    cpSync(chart(), copy, { recursive: true });
    expect(digest(copy))
      .to.equal(digest())
      .and.match(/^[0-9a-f]{16}$/);
  });

  it("is that of an archive, too", () => {
    const archive = join(folder, "chart.tgz");
    writeFileSync(archive, "one");
    const before = digest(archive);
    writeFileSync(archive, "two");
    expect(digest(archive)).to.be.a("string").and.not.equal(before);
  });

  it("is not there for a chart that comes from elsewhere", () => {
    expect(chartDigest({ chart: "oci://r.example.com/kasm-helm", version: "1.0.0" })).to.equal(undefined);
    expect(chartDigest({ chart: chart(), repo: "https://r.example.com", version: "1.0.0" })).to.equal(undefined);
    expect(digest(join(folder, "missing"))).to.equal(undefined);
  });
});
