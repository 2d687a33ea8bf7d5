import { expect } from "chai";
import { expiringCondition } from "../../../operator/lifetime/expiring.ts";
import { after, hour, minute, runningSession } from "./session.ts";

describe("the condition Expiring", () => {
  it("comes with the warning, stays as it is until the end, and goes when the timeout is raised", () => {
    const session = runningSession();
    expect(expiringCondition(session, after(8 * hour - 11 * minute))).to.equal(undefined);
    const first = expiringCondition(session, after(8 * hour - 10 * minute));
    expect(first).to.deep.include({ status: "True", reason: "TimeoutWarning" });
    expect(expiringCondition(session, after(8 * hour - 1))).to.deep.equal(first);
    expect(expiringCondition(runningSession({ spec: { timeout: "9h" } }), after(8 * hour))).to.equal(undefined);
  });

  it("says what becomes of the home volume", () => {
    const message = (persistence: { enabled: boolean; reclaim: "Retain" | "Delete" }) =>
      expiringCondition(runningSession({ spec: { persistence: { size: "1Gi", ...persistence } } }), after(9 * hour))
        ?.message;
    expect(message({ enabled: true, reclaim: "Retain" })).to.contain("the home volume is kept");
    expect(message({ enabled: true, reclaim: "Delete" })).to.contain("the home volume is deleted with it");
    expect(message({ enabled: false, reclaim: "Retain" })).to.contain("no home volume");
  });
});
