import { stripVTControlCharacters } from "node:util";
import { expect } from "chai";
import type { OfflinePreview } from "../../../lab/preview/offline-engine.ts";
import { renderFailure, renderPreview } from "../../../lab/preview/print.ts";
import { stackStep, stackUrn, step } from "./preview-steps.ts";

const preview = (document: OfflinePreview["document"], succeeded = true): OfflinePreview => ({
  stack: "dev",
  succeeded,
  document,
  seconds: 2.345,
  notes: ["A note."],
  places: {},
});

describe("a preview on the terminal", () => {
  it("is the tree with each step, its type and what is special, then notes, counts and duration", () => {
    const release = step("kubernetes:helm.sh/v3:Release", "kasm-release", {
      parent: stackUrn,
      inputs: { chart: "./c/kasm-helm", version: "1.2.3" },
    });
    const text = stripVTControlCharacters(renderPreview(preview({ steps: [stackStep, release] })));
    expect(text).to.match(/│ {3}kasm-release +│ kubernetes:helm\.sh\/v3:Release +│ create │ kasm-helm@1\.2\.3 +│/);
    expect(text).to.match(
      /A note\.\ndev: 2 to create; previewed in 2\.3 s, without cluster and with an empty state\.$/,
    );
  });

  it("passes warnings on, but for the one that the cluster is not reached", () => {
    const diagnostics = [
      { severity: "warning", message: "the Kubernetes cluster is unreachable: https://127.0.0.1:1: refused" },
      { severity: "warning", message: "old API" },
    ];
    const text = renderPreview(preview({ steps: [], diagnostics }));
    expect(text).to.contain("warning: old API").and.not.to.contain("unreachable");
  });

  it("that failed is the program's own message alone", () => {
    const diagnostics = [
      { severity: "error", message: "error: Pulumi.dev.yaml: 1 problem\n  kasm-vdi:domain  missing" },
      { severity: "error", message: "error: an unhandled error occurred: Program exited with non-zero exit code: 1" },
    ];
    expect(renderFailure(preview({ diagnostics }, false))).to.equal(
      "dev: the preview failed.\nPulumi.dev.yaml: 1 problem\n  kasm-vdi:domain  missing",
    );
  });
});
