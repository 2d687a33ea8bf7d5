import { expect } from "chai";
import { writesOfAll, operatorWrites } from "../../bench/lab-usage.ts";
import { startTimes } from "../../bench/milestones.ts";
import { cpuSeconds } from "../../bench/process-figures.ts";

describe("the figures of a start", () => {
  it("are the operator's where no scheduler and no kubelet was at work", () => {
    const times = startTimes([{ asked: 0, podSeen: 30, podBound: 50, podReady: 150, ready: 170 }]);
    expect(times.total.p50).to.equal(170);
    expect([times.scheduling.p50, times.kubelet.p50, times.operator.p50]).to.deep.equal([20, 100, 50]);
    expect([times.operatorBeforePod.p50, times.operatorAfterPod.p50]).to.deep.equal([30, 20]);
  });

  it("count the API server's writes by verb and resource, and the operator's among them", () => {
    const sample = (labels: Record<string, string>, value: number) => ({ name: "n", labels, value });
    const writes = writesOfAll(
      [sample({ verb: "APPLY", resource: "vdisessions", subresource: "status" }, 1)],
      [
        sample({ verb: "APPLY", resource: "vdisessions", subresource: "status", code: "200" }, 4),
        sample({ verb: "PATCH", resource: "pods", subresource: "status" }, 2),
        sample({ verb: "LIST", resource: "pods" }, 7),
      ],
    );
    expect([...writes]).to.have.deep.members([
      ["APPLY vdisessions/status", 3],
      ["PATCH pods/status", 2],
    ]);
    expect(operatorWrites(writes)).to.equal(3);
  });

  it("take a process's time from behind its name, whatever that holds", () => {
    const fields = ["S", ...Array.from({ length: 10 }, () => "7"), "150", "50", "9"];
    expect(cpuSeconds(`12 (a (b) c) ${fields.join(" ")}`, 100)).to.equal(2);
  });
});
