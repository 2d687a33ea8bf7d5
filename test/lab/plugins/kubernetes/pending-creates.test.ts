import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { PendingCreates } from "../../../../lab/plugins/kubernetes/pending-creates.ts";

describe("the notes of creations under way", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pending-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const create = { urn: "urn:pulumi:s::p::t::a", server: "https://here:6443", object: "v1/ConfigMap n/a" };
  const createdAfter = (seconds: number) => ({
    metadata: { creationTimestamp: new Date(Date.now() + seconds * 1000).toISOString() },
  });

  it("explain an object that came into being while the creation ran, also to the next process", () => {
    new PendingCreates(folder).begin(create);
    expect(new PendingCreates(folder).explains(create, createdAfter(3))).to.equal(true);
  });

  it("do not explain an object that was there before, or came much later", () => {
    const notes = new PendingCreates(folder);
    notes.begin(create);
    expect(notes.explains(create, createdAfter(-60))).to.equal(false);
    expect(notes.explains(create, createdAfter(3600))).to.equal(false);
  });

  it("do not explain another resource's object, or one in another cluster", () => {
    const notes = new PendingCreates(folder);
    notes.begin(create);
    expect(notes.explains({ ...create, urn: "urn:pulumi:s::p::t::b" }, createdAfter(0))).to.equal(false);
    expect(notes.explains({ ...create, server: "https://there:6443" }, createdAfter(0))).to.equal(false);
  });

  it("end with the answer, and leave no file", () => {
    const notes = new PendingCreates(folder);
    notes.begin(create);
    notes.end(create);
    expect(notes.explains(create, createdAfter(0))).to.equal(false);
    expect(readdirSync(folder)).to.deep.equal([]);
  });
});
