import { expect } from "chai";
import { marker, previewComment } from "../../../lab/preview/comment.ts";
import type { PreviewStep } from "../../../lab/preview/steps.ts";
import { step, urn } from "./preview-steps.ts";

const subject = { stack: "prod", what: "preview" };
const release = "kubernetes:helm.sh/v3:Release";

const steps: PreviewStep[] = [
  step("kubernetes:core/v1:Namespace", "new-namespace"),
  {
    ...step(release, "kasm-release", {}, "update"),
    detailedDiff: { "values.b": { kind: "update" }, "values.a": { kind: "add" } },
  },
  {
    ...step(release, "gpu-release", { protect: true }, "replace"),
    replaceReasons: ["name"],
    detailedDiff: { namespace: { kind: "update-replace" }, "values.c": { kind: "update" } },
  },
  { op: "delete", urn: urn("kubernetes:core/v1:Secret", "old"), oldState: { type: "kubernetes:core/v1:Secret" } },
  step("kasm:gpu:GpuOperator", "gpu", {}, "same"),
];

describe("the comment on a preview", () => {
  const comment = previewComment({ steps }, subject);

  it("begins with the marker by which the next run finds it: stack and purpose", () => {
    expect(comment.split("\n")[0]).to.equal("<!-- kasm-vdi preview: prod -->");
    expect(marker({ stack: "dev", what: "preview" })).not.to.equal(marker(subject));
    expect(marker({ stack: "prod", what: "drift check" })).not.to.equal(marker(subject));
  });

  it("leads with replacements and deletions, before updates and creations", () => {
    const order = ["**Replaced or deleted**", "`old`", "gpu-release", "**Updated**", "kasm-release", "**Created**"];
    const places = order.map((text) => comment.indexOf(text));
    expect(places).not.to.include(-1);
    expect(places).to.deep.equal([...places].sort((one, other) => one - other));
  });

  it("says why something is replaced, and that it is protected", () => {
    expect(comment).to.contain(
      `- **replace** \`gpu-release\` ${release}, protected, because of \`name\`, \`namespace\``,
    );
  });

  it("says which properties an update changes", () => {
    expect(comment).to.contain(`- \`kasm-release\` ${release}: \`values.a\`, \`values.b\``);
  });

  it("is silent about what stays the same", () => {
    expect(comment).not.to.contain("GpuOperator");
    expect(previewComment({ steps: steps.slice(-1) }, subject)).to.contain("of `prod`: no changes");
  });

  it("of a failed preview says so in its title and gives the message whole", () => {
    const message = "Pulumi.prod.yaml: 1 problem\n  kasm-vdi:domain  missing";
    const echo = { severity: "error", message: "error: preview failed" };
    const failed = previewComment({ steps, diagnostics: [{ severity: "error", message }, echo] }, subject);
    expect(failed).to.contain("of `prod`: failed").and.to.contain("  kasm-vdi:domain  missing");
    expect(failed).not.to.contain("preview failed");
    expect(previewComment({ diagnostics: [echo] }, subject)).to.contain("of `prod`: failed");
  });

  it("lets no message break out of its code", () => {
    const diagnostics = [{ severity: "error", message: "one\n```\n@everyone" }];
    expect(previewComment({ diagnostics }, subject)).to.match(/ {2}`{4}\n {2}one\n {2}`{3}\n {2}@everyone\n {2}`{4}/);
  });

  it("is never longer than 64,000 characters: it is cut from the end, at a line, and says so", () => {
    const many = Array.from({ length: 3000 }, (_, index) => step("kubernetes:core/v1:Secret", `secret-${index}`));
    const long = previewComment({ steps: [...many, ...steps] }, { ...subject, runUrl: "https://example.com/run" });
    expect(long.length).to.be.within(63_000, 64_000);
    expect(long).to.contain("**replace** `gpu-release`");
    expect(long).to.match(/Secret\n\n\*\*Cut here:\*\* .*\n$/);
  });
});
