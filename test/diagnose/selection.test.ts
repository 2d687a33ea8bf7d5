import { expect } from "chai";
import { failingOn, reportOn } from "../../diagnose/report.ts";
import type { Report } from "../../diagnose/report.ts";
import { disabledCheck, suppressionOf } from "../../diagnose/selection.ts";
import { UsageError } from "../../diagnose/usage-error.ts";
import { changesBetween, watchReport } from "../../diagnose/watch.ts";
import { placedFindings } from "../../diagnose/render/findings.ts";
import { sample, sampleAnalyzers } from "./sample.ts";

const { cluster, report } = sample();
const codes = (it: Report) => placedFindings(it.roots).map(({ finding }) => `${finding.code} ${finding.object.name}`);
const select = (suppress: string[], disable: string[] = []) =>
  reportOn(cluster, sampleAnalyzers(), {
    disabled: new Set(disable.map(disabledCheck)),
    suppressions: suppress.map(suppressionOf),
  });

describe("a selection", () => {
  it("leaves out a finding by code, kind, namespace and name, and says how many it left out", () => {
    const left = select(["NodeDiskFull=Node k3s-2"]);
    expect(codes(left)).to.not.include("NodeDiskFull k3s-2");
    expect(left.summary.suppressed).to.equal(1);
    expect(left.summary.failures).to.equal(report.summary.failures - 1);
  });

  it("takes `*` for any text in any part, and nothing else for a pattern", () => {
    expect(select(["*=Pod kasm/kasm-*-0"]).summary.suppressed).to.equal(3);
    expect(select(["ImagePullFailed=Pod */kasm-api-0"]).summary.suppressed).to.equal(1);
    expect(select(["ImagePullFailed=Pod other/kasm-api-0"]).summary.suppressed).to.equal(0);
    expect(select(["NodeDiskFull=Node k3s-."]).summary.suppressed).to.equal(0);
  });

  it("turns off an area or a code", () => {
    expect(select([], ["images"]).checks.map(({ area }) => area)).to.not.include("images");
    expect(codes(select([], ["nodediskfull"]))).to.not.include("NodeDiskFull k3s-2");
  });

  it("refuses what it does not know, with the nearest that there is", () => {
    expect(() => disabledCheck("imagez")).to.throw(UsageError, "Did you mean images?");
    expect(() => suppressionOf("ImageNotFuond=Pod a/b")).to.throw(UsageError, "Did you mean ImageNotFound?");
    expect(() => suppressionOf("ImageNotFound")).to.throw(UsageError, "CODE=Kind namespace/name");
  });
});

describe("an exit code", () => {
  it("is 0 with warnings alone where only failures shall count", () => {
    const warned: Report = { ...report, summary: { ...report.summary, failures: 0, exitCode: 4 } };
    expect(failingOn(warned, "fail").summary.exitCode).to.equal(0);
    expect(failingOn(warned, "warn").summary.exitCode).to.equal(4);
    expect(failingOn(report, "fail").summary.exitCode).to.equal(3);
  });
});

describe("a watch", () => {
  const better = select(["NodeDiskFull=Node k3s-2"]);

  it("tells what came and what went", () => {
    expect(changesBetween(report, report)).to.deep.equal([]);
    expect(changesBetween(report, better)).to.deep.equal([
      "- failure NodeDiskFull Node k3s-2: Node k3s-2 has no space left.",
    ]);
    expect(changesBetween(better, report)[0]).to.match(/^\+ failure NodeDiskFull/);
  });

  it("goes on over an API server that does not answer, tells it once, and ends with what it saw last", async () => {
    const looks = [
      () => Promise.reject(new Error("gone")),
      () => Promise.reject(new Error("gone")),
      () => Promise.resolve(better),
    ];
    const said: string[] = [];
    let rounds = 0;
    const last = await watchReport(report, {
      diagnose: () => looks[rounds - 1]!(),
      pause: () => Promise.resolve(++rounds <= looks.length),
      say: (line) => said.push(line),
      sentenceOf: (error) => (error as Error).message,
    });
    expect(said).to.deep.equal(["gone", "20:50:00 - failure NodeDiskFull Node k3s-2: Node k3s-2 has no space left."]);
    expect(last).to.equal(better);
  });
});
