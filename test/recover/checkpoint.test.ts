import { expect } from "chai";
import { installedRelease, madeObject } from "../../recover/checkpoint.ts";
import { secret } from "../../recover/property-values.ts";
import { ours, releaseResource, resource, revision, secretResource } from "./left-behind.ts";

describe("what the plugin has of an object", () => {
  it("is the object as it is, what was asked for, and the name under which it was written", () => {
    const { outputs, id } = madeObject(secretResource, ours.live, "pulumi-kasm-vdi-dev");
    expect(id).to.equal("desktops/kasm-secrets");
    expect(outputs).to.deep.include({
      ...{ __inputs: secretResource.inputs, __initialApiVersion: "v1", __fieldManager: "pulumi-kasm-vdi-dev" },
      ...{ kind: "Secret", metadata: ours.live.metadata },
    });
  });

  it("hides the content of a Secret, whoever put it there", () => {
    expect(madeObject(secretResource, ours.live, undefined).outputs!["data"]).to.deep.equal(secret(ours.live["data"]));
  });

  it("hides of any other object what was secret in the inputs", () => {
    const spec = { token: secret("swordfish"), size: 1 };
    const inputs = { apiVersion: "v1", kind: "Thing", metadata: { name: "it" }, spec, list: [{ key: secret("a") }] };
    const live = { ...inputs, spec: { token: "swordfish", size: 1, more: 2 }, list: [{ key: "a" }] };
    const { outputs, id } = madeObject(resource("kubernetes:example.com/v1:Thing", "it", inputs), live, undefined);
    expect(id).to.equal("it");
    expect(outputs).to.deep.include({
      spec: { token: secret("swordfish"), size: 1, more: 2 },
      list: secret([{ key: "a" }]),
    });
    expect(outputs).not.to.have.property("__fieldManager");
  });
});

describe("what the plugin has of a release", () => {
  it("is what was asked for, which also stands hidden in it, Helm's status and the names of its objects", () => {
    const manifest = [
      "apiVersion: v1\nkind: Service\nmetadata:\n  name: b\n  namespace: desktops\n",
      "apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n",
      "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: api\n",
    ].join("---\n");
    const chart = { metadata: { name: "kasm-helm", version: "1.1190.6", appVersion: "1.19.0" } };
    const { id, outputs } = installedRelease(releaseResource, revision(3, "deployed", { manifest, chart }));
    expect(id).to.equal("desktops/kasm");
    expect(outputs).to.deep.equal({
      ...releaseResource.inputs,
      __inputs: secret(releaseResource.inputs),
      resourceNames: { "Service/v1": ["a", "desktops/b"], "Deployment.apps/apps/v1": ["api"] },
      status: {
        ...{ name: "kasm", namespace: "desktops", chart: "kasm-helm", version: "1.1190.6", appVersion: "1.19.0" },
        ...{ revision: 3, status: "deployed" },
      },
    });
  });
});
