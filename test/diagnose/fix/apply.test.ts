import { expect } from "chai";
import type { Analyzer } from "../../../analyzers/analyzer.ts";
import type { Fix } from "../../../analyzers/finding.ts";
import { Cluster } from "../../../analyzers/cluster.ts";
import { applySteps } from "../../../diagnose/fix/apply.ts";
import { fixScript, safeSteps } from "../../../diagnose/fix/steps.ts";
import { reportOn } from "../../../diagnose/report.ts";
import type { Report } from "../../../diagnose/report.ts";
import { sampleSnapshot } from "../sample.ts";

const cluster = new Cluster(sampleSnapshot());

function reportWith(...found: { name: string; fix: Fix[] }[]): Report {
  const analyzer: Analyzer = {
    ...{ area: "images", title: "Images", needs: [] },
    analyze: () => ({
      checked: "pods",
      findings: found.map(({ name, fix }) => {
        return {
          code: "ImageNotFound",
          object: { kind: "Pod", namespace: "kasm", name },
          problem: `${name} is broken.`,
          evidence: [],
          fix,
        };
      }),
    }),
  };
  return reportOn(cluster, [analyzer]);
}

const label: Fix = { text: "Label it.", command: "kubectl label pod a x=y --namespace kasm", risk: "safe" };
const broken = reportWith({ name: "a", fix: [label] });
const healthy = reportWith();

function hands(answers: boolean[], looks: Report[], fails = false) {
  const ran: (readonly string[])[] = [];
  const said: string[] = [];
  return {
    ran,
    said,
    ask: () => Promise.resolve(answers.shift() ?? false),
    run: (words: readonly string[]) => {
      ran.push(words);
      return fails ? Promise.reject(new Error("forbidden")) : Promise.resolve("labeled");
    },
    diagnose: () => Promise.resolve(looks.length > 1 ? looks.shift()! : looks[0]!),
    pause: () => Promise.resolve(),
    say: (line: string) => said.push(line),
  };
}

describe("fixes", () => {
  it("that restart, lose data, need a person or a shell are never run", () => {
    const fix: Fix[] = [
      { text: "Restart it.", command: "kubectl rollout restart deploy/a", risk: "restart" },
      { text: "Delete it.", command: "kubectl delete pvc a", risk: "data-loss" },
      { text: "Look.", command: "kubectl get pods", risk: "manual" },
      { text: "Pipe it.", command: "kubectl get pods | sh", risk: "safe" },
      { text: "Remove it.", command: "rm -r /", risk: "safe" },
      label,
    ];
    expect(safeSteps(reportWith({ name: "a", fix })).map(({ command }) => command)).to.deep.equal([label.command]);
  });

  it("as a script are commands where they are safe, and comments otherwise", () => {
    const restart: Fix = { text: "Restart it.", command: "kubectl rollout restart deploy/a", risk: "restart" };
    const script = fixScript(
      reportWith({ name: "a", fix: [label, restart, { text: "Ask somebody.", risk: "manual" }] }),
    );
    expect(script.split("\n").filter((line) => line !== "" && !line.startsWith("#"))).to.deep.equal([label.command]);
    expect(script).to.contain("# Restart it. (restarts pods)\n#   kubectl rollout restart deploy/a");
  });

  it("are run after a yes, and the finding is looked for until it is gone", async () => {
    const world = hands([true], [broken, healthy]);
    expect((await applySteps(safeSteps(broken), broken, world)).roots).to.deep.equal([]);
    expect(world.ran).to.deep.equal([["kubectl", "label", "pod", "a", "x=y", "--namespace", "kasm"]]);
    expect(world.said.at(-1)).to.equal("ImageNotFound at Pod kasm/a is gone.");
  });

  it("are not run after a no", async () => {
    const world = hands([false], [broken]);
    await applySteps(safeSteps(broken), broken, world);
    expect(world.ran).to.deep.equal([]);
  });

  it("that change nothing are told so", async () => {
    const world = hands([true], [broken]);
    await applySteps(safeSteps(broken), broken, world);
    expect(world.said.at(-1)).to.equal("ImageNotFound at Pod kasm/a is still there.");
  });

  it("that fail are told with the reason, and the next is asked for", async () => {
    const two = reportWith(
      { name: "a", fix: [label] },
      { name: "b", fix: [{ ...label, command: "kubectl label pod b x=y" }] },
    );
    const world = hands([true, true], [two], true);
    await applySteps(safeSteps(two), two, world);
    expect(world.said.filter((line) => line === "It failed: forbidden")).to.have.length(2);
  });

  it("whose finding an earlier one has mended are not asked for", async () => {
    const two = reportWith(
      { name: "a", fix: [label] },
      { name: "b", fix: [{ ...label, command: "kubectl label pod b x=y" }] },
    );
    const world = hands([true, true], [healthy]);
    await applySteps(safeSteps(two), two, world);
    expect(world.ran).to.have.length(1);
  });
});
