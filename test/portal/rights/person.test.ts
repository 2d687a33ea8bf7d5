import { expect } from "chai";
import { personOf } from "../../../portal/rights/person.ts";

describe("the person that a sign-in tells of", () => {
  it("is an administrator by a group that config names, and by nothing else", () => {
    expect(personOf("carol", ["a", "admins"], ["admins"])).to.deep.equal({
      user: "carol",
      groups: ["admins", "a"],
      isAdmin: true,
    });
    expect(personOf("admins", ["a"], ["admins"])).to.include({ isAdmin: false });
    expect(personOf("carol", ["admins"], [])).to.include({ isAdmin: false });
  });

  it("is nobody without a name, with one that is no text, or with one of Kubernetes' own", () => {
    for (const user of [
      undefined,
      "",
      7,
      ["alice"],
      "a".repeat(255),
      "system:serviceaccount:kasm-vdi-system:kasm-operator",
    ])
      expect(personOf(user, [], []), String(user)).to.have.property("refused");
  });

  it("is in no group of Kubernetes' own, whatever the issuer claims", () => {
    expect(personOf("alice", ["system:masters", "designers"], ["system:masters"])).to.deep.equal({
      ...{ user: "alice", groups: ["designers"], isAdmin: false },
    });
  });

  it("has as many groups as a session may name, those of administrators first", () => {
    const groups = Array.from({ length: 40 }, (_, index) => `g${index}`);
    expect(personOf("carol", groups, ["g39"])).to.deep.include({
      groups: ["g39", ...groups.slice(0, 31)],
      isAdmin: true,
    });
  });

  it("takes one group that is no list, and passes over what is no text", () => {
    expect(personOf("alice", "designers", [])).to.deep.include({ groups: ["designers"] });
    expect(personOf("alice", ["a", 1, null, "a", ""], [])).to.deep.include({ groups: ["a"] });
    expect(personOf("alice", undefined, [])).to.deep.include({ groups: [] });
  });
});
