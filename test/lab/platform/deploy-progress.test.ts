import { expect } from "chai";
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { DeployProgress, resourceName } from "../../../lab/platform/deploy-progress.ts";

const namespaceUrn = "urn:pulumi:lab::kasm-vdi::kasm:gpu:GpuOperator$kubernetes:core/v1:Namespace::gpu-namespace";
const componentUrn = "urn:pulumi:lab::kasm-vdi::kasm:gpu:GpuOperator::gpu";

const pre = (urn: string, op = "create") => ({ resourcePreEvent: { metadata: { urn, op } } }) as unknown as EngineEvent;
const done = (urn: string, op = "create") => ({ resOutputsEvent: { metadata: { urn, op } } }) as unknown as EngineEvent;
const says = (message: string, severity: string, urn?: string, ephemeral = false) =>
  ({ diagnosticEvent: { message, severity, color: "never", ephemeral, ...(urn ? { urn } : {}) } }) as EngineEvent;

describe("the progress of an up", () => {
  it("names the resource that is being made, for how long, and what its provider waits for", () => {
    const progress = new DeployProgress();
    progress.fold(pre(namespaceUrn), 1_000);
    progress.fold(says("waiting for pods\nmore", "info", namespaceUrn, true), 2_000);
    expect(progress.line(6_400)).to.equal("0 changed, 0 unchanged; gpu-namespace (5 s): waiting for pods");
  });

  it("counts what is finished, apart from what was as it should be", () => {
    const progress = new DeployProgress();
    progress.fold(pre(namespaceUrn), 0);
    progress.fold(done(namespaceUrn), 1);
    progress.fold(done("urn:pulumi:lab::kasm-vdi::a:b:C::other", "same"), 2);
    expect(progress.line(2)).to.equal("1 changed, 1 unchanged");
  });

  it("counts a read as unchanged: it looks at what others own", () => {
    const progress = new DeployProgress();
    progress.fold(pre(namespaceUrn, "read"), 0);
    progress.fold(done(namespaceUrn, "read"), 1);
    expect(progress.line(2)).to.equal("0 changed, 1 unchanged");
  });

  it("does not show the stack or a component as work: their children are the work", () => {
    const progress = new DeployProgress();
    progress.fold(pre(componentUrn), 0);
    progress.fold(pre("urn:pulumi:lab::kasm-vdi::pulumi:pulumi:Stack::kasm-vdi-lab"), 0);
    expect(progress.line(5_000)).to.equal("0 changed, 0 unchanged");
  });

  it("keeps errors and warnings with the resource's name, without the engine's colour marks, and forgets information", () => {
    const progress = new DeployProgress();
    progress.fold(says("<{%reset%}>chart not found<{%reset%}>\n", "error", namespaceUrn), 0);
    progress.fold(says("old CLI", "warning"), 0);
    progress.fold(says("just so you know", "info", namespaceUrn), 0);
    progress.fold(says("RegisterResource RPC", "debug"), 0);
    expect(progress.problems).to.deep.equal(["gpu-namespace: chart not found", "old CLI"]);
  });

  it("reads a resource's name from its URN", () => {
    expect(resourceName(namespaceUrn)).to.equal("gpu-namespace");
  });
});
