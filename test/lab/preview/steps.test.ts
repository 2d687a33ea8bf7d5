import { expect } from "chai";
import fc from "fast-check";
import { messagesOf, readPreview, stepTree } from "../../../lab/preview/steps.ts";
import { stackStep, stackUrn, step, urn } from "./preview-steps.ts";

describe("the tree of a preview's steps", () => {
  const steps = [
    stackStep,
    step("kasm:b:B", "b", { parent: stackUrn }),
    step("kasm:a:A", "a2", { parent: stackUrn }),
    step("kasm:a:A", "a1", { parent: stackUrn }),
    step("kubernetes:core/v1:Secret", "child", { parent: urn("kasm:b:B", "b") }),
  ];

  it("has each step below its parent, by type and name", () => {
    expect(stepTree(steps).map(({ name, depth }) => [name, depth])).to.deep.equal([
      ["kasm-vdi-dev", 0],
      ["a1", 1],
      ["a2", 1],
      ["b", 1],
      ["child", 2],
    ]);
  });

  it("is the same whatever order the engine reports in", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(steps, { minLength: steps.length }), (shuffled) => {
        expect(stepTree(shuffled)).to.deep.equal(stepTree(steps));
      }),
    );
  });

  it("keeps a step whose parent has none", () => {
    expect(stepTree([step("x:y:Z", "orphan", { parent: stackUrn })])).to.have.lengthOf(1);
  });

  it("tells a replacement once", () => {
    const halves = ["create-replacement", "replace", "delete-replaced"].map((op) => step("x:y:Z", "z", {}, op));
    expect(stepTree(halves).map(({ step: { op } }) => op)).to.deep.equal(["replace"]);
  });

  it("has a resource that was refreshed first once, with what is to be done", () => {
    const both = ["refresh", "update"].map((op) => step("x:y:Z", "z", {}, op));
    expect(stepTree(both).map(({ step: { op } }) => op)).to.deep.equal(["update"]);
  });

  it("knows a deleted resource by its old state", () => {
    const deleted = { op: "delete", urn: urn("x:y:Z", "z"), oldState: { type: "x:y:Z" } };
    expect(stepTree([deleted])[0]).to.include({ type: "x:y:Z", name: "z" });
  });
});

describe("what the engine writes for a preview", () => {
  it("may have lines before the document", () => {
    expect(readPreview('warning: something\n{"steps":[]}', "")).to.deep.equal({ steps: [] });
  });

  it("that is no document is answered with what the engine said", () => {
    const errors = messagesOf(readPreview("", "error: no stack named 'x'"), "error");
    expect(errors).to.deep.equal(["The engine gave no preview. It said:\nerror: no stack named 'x'"]);
  });

  it("carries messages that are told without colours, prefixes and empty lines, with the resource's name", () => {
    const diagnostics = [
      { severity: "error", message: "<{%reset%}>error: Pulumi.dev.yaml: 1 problem<{%reset%}>\n", urn: stackUrn },
      { severity: "error", message: "chart not found", urn: urn("kubernetes:helm.sh/v3:Release", "kasm-release") },
      { severity: "error", message: "\u001b[31m \u001b[0m" },
      { severity: "warning", message: "warning: slow" },
    ];
    expect(messagesOf({ diagnostics }, "error")).to.deep.equal([
      "Pulumi.dev.yaml: 1 problem",
      "kasm-release: chart not found",
    ]);
    expect(messagesOf({ diagnostics }, "warning")).to.deep.equal(["slow"]);
  });
});
