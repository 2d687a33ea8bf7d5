import { expect } from "chai";
import { changedState, needs, resourceName } from "../../recover/state.ts";
import type { StateResource } from "../../recover/state.ts";
import { commandResource, releaseResource, resource, secretResource } from "./left-behind.ts";

const state = (...resources: StateResource[]) => {
  const pending_operations = [{ type: "creating" as const, resource: releaseResource }];
  return { version: 3, deployment: { manifest: { magic: "1" }, resources, pending_operations } };
};
const after = (before: ReturnType<typeof state>, change: Partial<Parameters<typeof changedState>[1]>) =>
  changedState(before, { put: [], drop: [], ...change }).deployment.resources;

describe("the state of a stack", () => {
  it("gets resources at its end and loses its pending operations, and nothing else of it changes", () => {
    const before = state(secretResource);
    expect(changedState(before, { put: [releaseResource], drop: [] })).to.deep.equal({
      version: 3,
      deployment: { manifest: { magic: "1" }, resources: [secretResource, releaseResource], pending_operations: [] },
    });
    expect(before.deployment.resources).to.have.length(1);
  });

  it("gets a resource in the place of one with its URN: others that come after may depend on it", () => {
    const newer = { ...secretResource, outputs: { newer: true } };
    expect(after(state(secretResource, commandResource), { put: [newer] })).to.deep.equal([newer, commandResource]);
  });

  it("loses a resource with the commands that came after it, and nothing depends on it any more", () => {
    const dependencies = [releaseResource.urn, secretResource.urn];
    const gate: StateResource = { ...commandResource, dependencies };
    const late = resource("kubernetes:core/v1:ConfigMap", "late");
    const propertyDependencies = { data: [releaseResource.urn] };
    const before = state(secretResource, releaseResource, gate, { ...late, dependencies, propertyDependencies });
    expect(after(before, { drop: [releaseResource.urn] })).to.deep.equal([
      secretResource,
      { ...late, dependencies: [secretResource.urn], propertyDependencies: { data: [] } },
    ]);
  });

  it("has to have a resource's parent, provider and dependencies before it", () => {
    const provider = "urn:pulumi:dev::kasm-vdi::pulumi:providers:kubernetes::cluster";
    const of = { ...secretResource, provider: `${provider}::5b5c`, dependencies: [releaseResource.urn] };
    expect(needs(of)).to.deep.equal([releaseResource.urn, secretResource.parent, provider]);
  });

  it("is spoken of by short names", () => {
    expect(resourceName(commandResource.urn)).to.equal("Command kasm-certificate");
  });
});
