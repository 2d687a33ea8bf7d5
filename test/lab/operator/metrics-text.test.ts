import { expect } from "chai";
import { growth, sampleSum, samplesOf } from "../../../lab/operator/metrics-text.ts";

const text = `# HELP vdi_sessions Sessions.
# TYPE vdi_sessions gauge
vdi_sessions{phase="Running",user="a\\"b"} 3
vdi_sessions{phase="Pending",user="c"} 2
vdi_sessions_total 9
process_resident_memory_bytes 1.5e+08
`;

describe("a metric's samples", () => {
  it("are added up, over all labels or those that are asked for", () => {
    expect(sampleSum(text, "vdi_sessions")).to.equal(5);
    expect(sampleSum(text, "vdi_sessions", { phase: "Pending" })).to.equal(2);
    expect(sampleSum(text, "vdi_sessions", { phase: "Running", user: 'a"b' })).to.equal(3);
  });

  it("come without labels and with an exponent, too", () => {
    expect(sampleSum(text, "process_resident_memory_bytes")).to.equal(150_000_000);
  });

  it("are 0 when there are none", () => {
    expect(sampleSum(text, "vdi")).to.equal(0);
    expect(sampleSum(text, "vdi_sessions", { phase: "Run" })).to.equal(0);
  });

  it("are read only of those asked for, labels with quotes in them too", () => {
    const text = '# HELP a b\na{b="c",d="e \\" f"} 2\nother{b="c"} 3\na 4\n';
    expect(samplesOf(text, ["a"])).to.deep.equal([
      { name: "a", labels: { b: "c", d: 'e " f' }, value: 2 },
      { name: "a", labels: {}, value: 4 },
    ]);
  });

  it("tell what was added since, also of what was not there before", () => {
    const before = samplesOf('a{b="c"} 2\n', ["a"]);
    const after = samplesOf('a{b="c"} 5\na{b="d"} 1\na{b="e"} 9\n', ["a"]);
    expect(growth(before, after, ({ labels }) => labels["b"] !== "e")).to.equal(4);
  });
});
