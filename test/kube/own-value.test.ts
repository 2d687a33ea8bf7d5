import { expect } from "chai";
import { ownValue } from "../../kube/own-value.ts";

describe("a record that is read by somebody else's names", () => {
  it("has what was put there, whatever it is called, and nothing that objects have by themselves", () => {
    const record = JSON.parse('{"a":"1","__proto__":"2","constructor":"3"}') as Record<string, string>;
    expect(["a", "__proto__", "constructor"].map((name) => ownValue(record, name))).to.deep.equal(["1", "2", "3"]);
    for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty", "b"])
      expect(ownValue({}, name), name).to.equal(undefined);
    expect(ownValue(undefined, "a")).to.equal(undefined);
  });
});
