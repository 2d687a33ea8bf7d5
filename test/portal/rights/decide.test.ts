import { expect } from "chai";
import { groupsFor, mayManage, mayStart } from "../../../portal/rights/decide.ts";
import { admin, alice, bob, session, template } from "../objects.ts";

describe("what a person may do in the portal", () => {
  it("manages her own sessions and nobody else's, unless she is an administrator", () => {
    const hers = session("a");
    expect([alice, bob, admin].map((person) => mayManage(person, hers))).to.deep.equal([true, false, true]);
    expect(mayManage({ ...bob, user: "Alice@example.com" }, hers), "letter by letter").to.equal(false);
  });

  it("starts from templates that are for everybody, for her or for a group of hers", () => {
    const of = (allowed?: { users?: string[]; groups?: string[] }) => template("t", allowed ? { allowed } : {});
    expect(mayStart(bob, of())).to.equal(true);
    expect(mayStart(bob, of({}))).to.equal(false);
    expect(mayStart(bob, of({ users: ["bob@example.com"] }))).to.equal(true);
    expect(mayStart(alice, of({ groups: ["designers"] }))).to.equal(true);
    expect(mayStart(bob, of({ groups: ["designers"] }))).to.equal(false);
    expect(mayStart(admin, of({ groups: ["designers"] })), "no right of an administrator").to.equal(false);
  });

  it("names of a person's groups only those that the template is for", () => {
    const person = { groups: ["designers", "board"] };
    expect(groupsFor(person, template("t", { allowed: { groups: ["designers", "staff"] } }))).to.deep.equal([
      "designers",
    ]);
    expect(groupsFor(person, template("t"))).to.deep.equal([]);
  });
});
