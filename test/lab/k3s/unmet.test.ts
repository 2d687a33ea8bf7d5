import { expect } from "chai";
import fc from "fast-check";
import { unmet } from "../../../lab/k3s/packaged-components/unmet.ts";

const ports = [
  { name: "dns", port: 53, protocol: "UDP" },
  { name: "dns-tcp", port: 53, protocol: "TCP" },
];
const container = { name: "main", image: "a:1", args: ["--x"], ports };

describe("what a live object lacks of its manifest", () => {
  it("is nothing when it has all of it, whatever else it has", () => {
    expect(unmet({ data: { a: "1" } }, { data: { a: "1", extra: "2" }, status: {} })).to.equal(undefined);
    fc.assert(fc.property(fc.jsonValue(), (value) => unmet(value, value) === undefined));
  });

  it("is the changed and the missing fields alone", () => {
    const live = { metadata: { annotations: { default: "false" } }, data: { b: "2" } };
    expect(unmet({ metadata: { annotations: { default: "true" } }, data: { a: "1", b: "2" } }, live)).to.deep.equal({
      metadata: { annotations: { default: "true" } },
      data: { a: "1" },
    });
  });

  it("is of a named entry what differs in it, and the keys to find it by: its ports would not merge", () => {
    const live = { containers: [{ name: "added" }, { ...container, image: "b:1", resources: {} }] };
    expect(unmet({ containers: [container] }, live)).to.deep.equal({ containers: [{ name: "main", image: "a:1" }] });
    const mounts = [{ name: "config", mountPath: "/etc", readOnly: true }];
    expect(unmet(mounts, [{ name: "config", mountPath: "/etc" }])).to.deep.equal(mounts);
  });

  it("is a whole list where entries have no name", () => {
    const rules = [{ verbs: ["get"] }, { verbs: ["list"] }];
    expect(unmet(rules, [{ verbs: ["get"] }])).to.deep.equal(rules);
    expect(unmet(rules, [{ verbs: ["get"] }, { verbs: ["list"], added: true }])).to.equal(undefined);
    expect(unmet(["--x"], ["--x", "--y"])).to.deep.equal(["--x"]);
  });
});
