import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { create } from "tar";
import { ConfigError, loadConfig } from "../../stacks/config.ts";

const good = { domain: "desktops.example.com", nodeCount: 3, gpuCount: 2 };

/** By which version the database is kept follows from the chart's version: no way to name a chart may get round it. */
describe("a chart on this machine", () => {
  const folder = mkdtempSync(join(tmpdir(), "chart-"));
  after(() => rmSync(folder, { recursive: true }));

  const chart = (name: string, content: string) => {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, "Chart.yaml"), content);
    return join(folder, name);
  };
  const kasm = (version: string, appVersion: string) =>
    chart(`kasm-${version}-${appVersion}`, `name: kasm-helm\nversion: ${version}\nappVersion: "${appVersion}"\n`);
  const archive = (path: string) => {
    const file = `${path}.tgz`;
    create({ file, cwd: folder, gzip: true, sync: true }, [path.slice(folder.length + 1)]);
    return file;
  };
  const versionOf = (source: object) => loadConfig({ ...good, kasm: { chart: source } }).kasm.chart.version;
  const problemsOf = (config: object) => {
    try {
      loadConfig({ ...good, ...config });
    } catch (error) {
      if (error instanceof ConfigError) return error.message.split("\n").slice(1).join("\n");
      throw error;
    }
    return "";
  };

  it("has the version that its Chart.yaml says, as a folder and as an archive", () => {
    const path = kasm("1.1190.7", "1.19.0");
    expect(versionOf({ path })).to.equal("1.1190.7");
    expect(versionOf({ path: archive(path) })).to.equal("1.1190.7");
    expect(versionOf({ path, version: "1.1190.7" })).to.equal("1.1190.7");
  });

  it("is refused when it is of another line of Kasm, whatever version stands beside it", () => {
    const path = kasm("1.1200.0", "1.20.0");
    for (const source of [{ path }, { path, version: "1.1190.6" }, { path: archive(path) }])
      expect(problemsOf({ kasm: { chart: source, database: "keep" } })).to.match(
        /kasm-helm 1\.1200\.0 belongs to a chart line|"1\.1190\.6" is not what .* holds: its Chart\.yaml says 1\.1200\.0/,
      );
  });

  it("is refused when the version that is asked for is another", () => {
    const path = kasm("1.1190.6", "1.19.0");
    expect(problemsOf({ kasm: { chart: { path, version: "1.1190.7" } } })).to.contain(
      'kasm-vdi:kasm.chart.version  "1.1190.7" is not what',
    );
  });

  it("is refused when its Kasm is not that of its version", () => {
    const path = kasm("1.1190.9", "1.20.0");
    expect(problemsOf({ kasm: { chart: { path } } })).to.contain("made for Kasm 1.19.0, and says appVersion 1.20.0");
  });

  it("is refused when it is another chart, or none", () => {
    const other = chart("other", "name: traefik\nversion: 41.5.0\n");
    expect(problemsOf({ gpu: { chart: { path: other } } })).to.contain(
      "is the chart traefik; gpu-operator belongs here",
    );
    expect(problemsOf({ gpu: { chart: { path: join(folder, "nowhere") } } })).to.contain("there is no such folder");
    mkdirSync(join(folder, "empty"));
    expect(problemsOf({ gpu: { chart: { path: join(folder, "empty") } } })).to.contain("there is no Chart.yaml in it");
    const text = join(folder, "text.tgz");
    writeFileSync(text, "no archive");
    expect(problemsOf({ traefik: { chart: { path: text } } })).to.match(
      /neither a folder nor an archive|no Chart\.yaml/,
    );
    expect(problemsOf({ gpu: { chart: { path: chart("odd", "- no\n- chart\n") } } })).to.contain("no name and version");
  });
});
