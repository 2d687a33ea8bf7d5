import { expect } from "chai";
import { Drafts } from "../../../portal/pages/drafts.ts";
import { TextStore } from "./text-store.ts";

describe("a draft of a form", () => {
  const fields = new FormData();
  fields.set("name", "mine");

  it("is there again after the page was left, until it is sent", () => {
    const store = new TextStore();
    new Drafts(store, "alice").keep("ubuntu", fields);
    expect(new Drafts(store, "alice").read("ubuntu")).to.deep.equal({ name: "mine" });
    new Drafts(store, "alice").forget("ubuntu");
    expect(store.kept.size).to.equal(0);
  });

  it("is nobody else's, and no other form's", () => {
    const store = new TextStore();
    new Drafts(store, "alice").keep("ubuntu", fields);
    expect(new Drafts(store, "bob").read("ubuntu")).to.equal(undefined);
    expect(new Drafts(store, "alice").read("webtop")).to.equal(undefined);
  });
});
