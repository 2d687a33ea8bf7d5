import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { chartsIn, takeCharts, withCharts } from "../../../lab/platform/charts.ts";
import { loadConfig } from "../../../stacks/config.ts";
import { parse } from "yaml";

const standIns = join(import.meta.dirname, "..", "..", "..", "lab", "charts");
const template = join(import.meta.dirname, "..", "..", "..", "lab", "stack.yaml");

describe("charts of a folder for the lab", () => {
  it("are found by what their Chart.yaml says, whatever the folders are called", () => {
    const read = (path: string) => {
      if (path.endsWith("notes.txt")) throw new Error("no chart");
      return { name: path.endsWith("b.tgz") ? "gpu-operator" : "kasm-helm", version: "1" };
    };
    const found = chartsIn("/charts", ["a", "b.tgz", "notes.txt"], read);
    expect(found.map(({ name, path }) => [name, path])).to.deep.equal([
      ["kasm-helm", "/charts/a"],
      ["gpu-operator", "/charts/b.tgz"],
    ]);
  });

  it("are refused when one is there twice, and when there is none", () => {
    const read = () => ({ name: "traefik", version: "1" });
    expect(() => chartsIn("/charts", ["a", "b"], read)).to.throw("traefik 2 times: /charts/a, /charts/b");
    expect(() => chartsIn("/charts", ["a"], () => ({ name: "nginx", version: "1" }))).to.throw(
      "holds none of kasm-helm",
    );
  });

  it("take the place of the stand-ins in a stack's file, comments and all else stay", () => {
    const before = readFileSync(template, "utf8");
    const charts = [{ name: "gpu-operator", version: "v26.7.0", path: "/charts/gpu.tgz" } as const];
    const after = withCharts(before, charts, "/checkout");
    expect(parse(after)).to.deep.equal({
      config: {
        ...(parse(before) as { config: object }).config,
        "kasm-vdi:gpu": { chart: { path: "/charts/gpu.tgz" } },
      },
    });
    expect(after).to.contain("# 8 desktops share one GPU");
  });

  it("are what the program then installs; Traefik's where the stack has a Traefik of its own", async () => {
    const checkout = mkdtempSync(join(tmpdir(), "charts-"));
    const stackFile = join(checkout, "Pulumi.lab.yaml");
    const taken = async (more: string) => {
      writeFileSync(stackFile, `${readFileSync(template, "utf8")}${more}`);
      const charts = await takeCharts(checkout, standIns);
      const { config } = parse(readFileSync(stackFile, "utf8")) as { config: Record<string, unknown> };
      return { names: charts.map(({ name }) => name), config: loadConfig(config, "Pulumi.lab.yaml") };
    };
    try {
      const plain = await taken("");
      expect(plain.names).to.deep.equal(["gpu-operator", "kasm-helm"]);
      expect(plain.config.gpu.chart.chart).to.equal(join(standIns, "gpu-operator"));
      const own = await taken("  kasm-vdi:traefik: { mode: own }\n");
      expect(own.names).to.deep.equal(["gpu-operator", "kasm-helm", "traefik"]);
    } finally {
      rmSync(checkout, { recursive: true });
    }
  });
});
