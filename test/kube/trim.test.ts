import { expect } from "chai";
import { trimObject } from "../../kube/trim.ts";

describe("what a cache keeps of an object", () => {
  it("is all but its managed fields and what kubectl last applied", () => {
    const annotations = { "kubectl.kubernetes.io/last-applied-configuration": "{}", kept: "yes" };
    const trimmed = trimObject({ metadata: { name: "x", managedFields: [{ manager: "m" }], annotations }, data: {} });
    expect(trimmed).to.deep.equal({ metadata: { name: "x", annotations: { kept: "yes" } }, data: {} });
  });
});
