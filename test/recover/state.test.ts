import { expect } from "chai";
import { needs, objectOf, resourceName, secret, withResources } from "../../recover/state.ts";
import { releaseResource, resource, secretResource } from "./left-behind.ts";

describe("the state of a stack", () => {
  it("gets resources at its end and loses its pending operations, and nothing else of it changes", () => {
    const manifest = { time: "2026-11-28T20:50:00Z" };
    const pending_operations = [{ type: "creating" as const, resource: releaseResource }];
    const state = { version: 3, deployment: { manifest, resources: [secretResource], pending_operations } };
    expect(withResources(state, [releaseResource])).to.deep.equal({
      version: 3,
      deployment: { manifest, resources: [secretResource, releaseResource], pending_operations: [] },
    });
    expect(state.deployment.resources).to.have.length(1);
  });

  it("has to have a resource's parent, provider and dependencies before it", () => {
    const provider = "urn:pulumi:dev::kasm-vdi::pulumi:providers:kubernetes::cluster";
    const of = { ...secretResource, provider: `${provider}::5b5c`, dependencies: [releaseResource.urn] };
    expect(needs(of)).to.deep.equal([releaseResource.urn, secretResource.parent, provider]);
  });

  it("gives objects as the API server takes them: secrets in plain text, dashes where Kubernetes has them", () => {
    const inputs = {
      stringData: secret({ password: "swordfish" }),
      schema: [{ x_kubernetes_preserve_unknown_fields: true, plain_name: 1 }],
    };
    expect(objectOf(JSON.parse(JSON.stringify(inputs)))).to.deep.equal({
      stringData: { password: "swordfish" },
      schema: [{ "x-kubernetes-preserve-unknown-fields": true, plain_name: 1 }],
    });
  });

  it("is spoken of by short names", () => {
    expect(resourceName(resource("command:local:Command", "kasm-certificate").urn)).to.equal(
      "Command kasm-certificate",
    );
  });
});
