import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { childrenCpuSeconds, measured, treeUsage } from "../../bench/process-usage.ts";

const program = { script: "/w/node_modules/@pulumi/pulumi/cmd/run/index.js", cpuSeconds: 1.5, wallSeconds: 3 };
const plugin = { script: "/w/lab/plugins/kubernetes/main.ts", cpuSeconds: 0.4, wallSeconds: 2 };
const other = { script: "/w/commands/preflight.ts", cpuSeconds: 9, wallSeconds: 9 };

describe("what a tree of processes used", () => {
  it("tells the program and the plugins apart from all else", () => {
    expect(treeUsage(5, 4, [other, plugin, program, plugin])).to.deep.equal({
      wallSeconds: 5,
      cpuSeconds: 4,
      programCpuSeconds: 1.5,
      programWallSeconds: 3,
      pluginsCpuSeconds: 0.8,
    });
  });

  it("is not told without a program, or with two", () => {
    for (const processes of [[plugin], [program, program]])
      expect(() => treeUsage(1, 1, processes)).to.throw("there must be one Pulumi program");
  });

  for (const [said, wanted] of [
    ["0m0.00s 0m0.01s\n1m2.50s 0m0.25s\n", 62.75],
    ["a warning\n0m0,000s 0m0,002s\n0m11,587s 0m2,445s", 14.032],
  ] as const)
    it(`takes ${wanted} s of CPU from what the shell's \`times\` says of its children`, () => {
      expect(childrenCpuSeconds(said)).to.be.closeTo(wanted, 1e-9);
    });

  it("is not guessed when the shell says something else", () => {
    expect(() => childrenCpuSeconds("times: not found")).to.throw("times: not found");
  });
});

describe("a command that is measured", () => {
  it("is an error with its output when it fails", async () => {
    const folder = mkdtempSync(join(tmpdir(), "usage-"));
    const launch = { cwd: folder, env: process.env, folder: join(folder, "usage") };
    const error = await measured(["sh", "-c", "echo broken >&2; exit 3"], launch).catch((e: unknown) => e);
    rmSync(folder, { recursive: true });
    expect(error).to.be.instanceOf(Error).with.property("message").that.contains("broken");
  });
});
