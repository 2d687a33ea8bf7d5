import { expect } from "chai";
import { undoOf } from "../../../lab/faults/changed-object.ts";

describe("the undo of a fault", () => {
  it("gives each changed field its value from before, null where there was none, lists whole", () => {
    const before = { spec: { replicas: 2, paused: false }, rules: [{ verbs: ["list", "create"] }] };
    expect(undoOf(before, { spec: { replicas: 0, other: { deep: 1 } }, rules: [], more: 1 })).to.deep.equal({
      spec: { replicas: 2, other: null },
      rules: [{ verbs: ["list", "create"] }],
      more: null,
    });
  });
});
