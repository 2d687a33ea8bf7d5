import { expect } from "chai";
import { progressLines } from "../../../lab/tools/show.ts";

describe("progress without a terminal", () => {
  it("is a line for each new stage of a tool, and one every 15 s while a stage lasts", () => {
    const lines: string[] = [];
    let seconds = 0;
    const { onProgress } = progressLines(
      (line) => lines.push(line),
      () => seconds * 1000,
    );
    onProgress("helm", "downloading, 1 MB");
    onProgress("helm", "downloading, 2 MB");
    onProgress("etcd", "downloading, 1 MB");
    for (; seconds <= 31; seconds++) onProgress("helm", `building, ${seconds} s`);
    expect(lines).to.deep.equal([
      "helm: downloading, 1 MB",
      "etcd: downloading, 1 MB",
      "helm: building, 0 s",
      "helm: building, 15 s",
      "helm: building, 30 s",
    ]);
  });
});
