import { expect } from "chai";
import type { Step } from "../../recover/findings.ts";
import type { FoundObject } from "../../recover/found-object.ts";
import { planOperation } from "../../recover/plan-operation.ts";
import { commandResource, operation, ours, secretResource } from "./left-behind.ts";

const forget = { kind: "forget", urn: secretResource.urn };
const absent: FoundObject = { kind: "absent" };
const other: FoundObject = { kind: "other", reason: "it was not made by Pulumi" };

describe("an interrupted creation", () => {
  it("is taken into the state when its object is ours", () => {
    const finding = planOperation(operation("creating", secretResource, { object: ours }));
    expect(finding.object).to.equal("Secret desktops/kasm-secrets");
    const [first, put] = finding.steps as [Step, Step];
    expect([first, put.kind]).to.deep.equal([forget, "put"]);
    expect(put.kind === "put" && put.resource).to.deep.include({
      urn: secretResource.urn,
      id: "desktops/kasm-secrets",
    });
  });

  it("is named with the commands, and its object left alone, when that is not ours", () => {
    const finding = planOperation(operation("creating", secretResource, { object: other }));
    expect(finding.found).to.contain("it was not made by Pulumi");
    expect(finding.commands!.join("\n")).to.contain("kubectl get secret kasm-secrets --namespace desktops");
    expect(finding.steps).to.deep.equal([forget]);
  });

  it("is named with the commands when what it belongs to was destroyed since: the engine would refuse the state", () => {
    const finding = planOperation(operation("creating", secretResource, { object: ours, hasItsNeeds: false }));
    expect(finding.commands).not.to.equal(undefined);
    expect(finding.steps).to.deep.equal([forget]);
  });
});

describe("another interrupted update", () => {
  it("is taken into the state when it was made: a way back to what the state has would not be seen as a change", () => {
    const { steps } = planOperation(operation("updating", secretResource, { object: ours, isKnown: true }));
    expect(steps.map(({ kind }) => kind)).to.deep.equal(["forget", "put"]);
  });
});

describe("an interrupted deletion", () => {
  it("is taken out of the state when the object is gone: an `up` would not see that it is missing", () => {
    const { steps } = planOperation(operation("deleting", secretResource, { object: absent, isKnown: true }));
    expect(steps).to.deep.equal([forget, { kind: "drop", urn: secretResource.urn }]);
  });
});

describe("an interrupted operation", () => {
  for (const [title, found] of [
    ["a creation that has not come to its object", operation("creating", secretResource, { object: absent })],
    [
      "a creation that a later run has made up for",
      operation("creating", secretResource, { object: ours, isKnown: true }),
    ],
    [
      "an update that has not come to its object",
      operation("updating", secretResource, { object: other, isKnown: true }),
    ],
    ["an update of what the state has not any more", operation("updating", secretResource, { object: ours })],
    ["a deletion whose object is there", operation("deleting", secretResource, { object: ours, isKnown: true })],
    ["a deletion of what the state has not any more", operation("deleting", secretResource, { object: absent })],
    ["a command, which runs again", operation("creating", commandResource)],
    ["a look at something", operation("reading", secretResource, { object: ours })],
  ] as const)
    it(`only leaves the list when it is ${title}`, () => {
      const { steps, commands } = planOperation(found);
      expect(steps).to.deep.equal([{ kind: "forget", urn: found.operation.resource.urn }]);
      expect(commands).to.equal(undefined);
    });
});
