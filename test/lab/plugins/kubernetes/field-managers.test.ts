import { expect } from "chai";

import {
  fieldManagerFor,
  isForced,
  isForeign,
  isFreshlyCreated,
  takeOver,
} from "../../../../lab/plugins/kubernetes/field-managers.ts";
import type { PropertyMap } from "../../../../lab/plugins/rpc/property.ts";

const own = "pulumi-kubernetes-01234567";
const entry = (manager: string, operation: string, fields: PropertyMap, subresource?: string): PropertyMap => ({
  manager,
  operation,
  apiVersion: "v1",
  fieldsV1: fields,
  ...(subresource && { subresource }),
});
const live = (...managedFields: PropertyMap[]): PropertyMap => ({ metadata: { name: "a", managedFields } });

describe("taking fields over before an apply", () => {
  it("moves what the creation and kubectl hold to our manager, merged", () => {
    const object = live(
      entry("pulumi-kubernetes", "Update", { "f:data": { "f:a": {} } }),
      entry("kubectl-patch", "Update", { "f:data": { "f:b": {} } }),
      entry("controller", "Update", { "f:data": { "f:c": {} } }),
    );
    expect(takeOver(object, own)).to.deep.equal([
      entry("controller", "Update", { "f:data": { "f:c": {} } }),
      entry(own, "Apply", { "f:data": { "f:a": {}, "f:b": {} } }),
    ]);
  });

  it("adds to what our manager holds already", () => {
    const object = live(entry(own, "Apply", { "f:a": {} }), entry("kubectl-edit", "Update", { "f:b": {} }));
    expect(takeOver(object, own)).to.deep.equal([entry(own, "Apply", { "f:a": {}, "f:b": {} })]);
  });

  it("has nothing to do when only we and controllers hold fields", () => {
    const object = live(entry(own, "Apply", {}), entry("kube-controller-manager", "Update", {}, "status"));
    expect(takeOver(object, own)).to.equal(undefined);
  });

  it("takes replicas over that kubectl scale set, and leaves those that an autoscaler sets", () => {
    const replicas = { "f:spec": { "f:replicas": {} } };
    expect(takeOver(live(entry("kubectl", "Update", replicas, "scale")), own)).to.deep.equal([
      entry(own, "Apply", replicas),
    ]);
    expect(takeOver(live(entry("kube-controller-manager", "Update", replicas, "scale")), own)).to.equal(undefined);
  });

  it("leaves status alone, also where kubectl wrote it", () => {
    expect(takeOver(live(entry("kubectl-edit", "Update", {}, "status")), own)).to.equal(undefined);
  });
});

describe("the manager of an object's fields", () => {
  const asking = { metadata: { annotations: { "pulumi.com/patchFieldManager": "mine" } } };

  it("is the annotation's, else the state's, else a new one with eight hex digits", () => {
    expect(fieldManagerFor(asking, own, true)).to.equal("mine");
    expect(fieldManagerFor({}, own, true)).to.equal(own);
    expect(fieldManagerFor({}, "", true)).to.match(/^pulumi-kubernetes-[0-9a-f]{8}$/);
  });

  it("is one fixed name without server-side apply", () => {
    expect(fieldManagerFor(asking, own, false)).to.equal("pulumi-kubernetes");
  });
});

describe("forcing an apply", () => {
  const question = { inputs: {}, live: live(entry("other", "Apply", {})), enablePatchForce: false, preview: false };

  it("happens only where people ask for it", () => {
    expect(isForced(question)).to.equal(false);
    expect(isForced({ ...question, preview: true })).to.equal(false);
    expect(isForced({ ...question, enablePatchForce: true })).to.equal(true);
    expect(
      isForced({ ...question, inputs: { metadata: { annotations: { "pulumi.com/patchForce": "true" } } } }),
    ).to.equal(true);
  });

  it("and on objects from before managers were recorded, which nobody can hold", () => {
    expect(isForced({ ...question, live: live() })).to.equal(true);
  });
});

describe("who holds a field", () => {
  const object = live(
    entry("hpa", "Update", { "f:spec": { "f:replicas": {} } }),
    entry(own, "Apply", { "f:spec": { "f:template": {} } }),
  );

  it("is foreign when others have it and we do not", () => {
    expect(isForeign(object, ["spec", "replicas"], own)).to.equal(true);
    expect(isForeign(object, ["spec", "template"], own)).to.equal(false);
    expect(isForeign(object, ["spec", "paused"], own)).to.equal(false);
    expect(isForeign(object, ["spec"], own)).to.equal(false);
  });
});

describe("a freshly created object", () => {
  const creation = entry("pulumi-kubernetes", "Update", {});

  it("has been created by this provider, and not been applied since", () => {
    expect(isFreshlyCreated(live(creation, entry("kube-controller-manager", "Update", {}, "status")))).to.equal(true);
    expect(isFreshlyCreated(live(creation, entry(own, "Apply", {})))).to.equal(false);
    expect(isFreshlyCreated(live(entry("kubectl-create", "Update", {})))).to.equal(false);
  });
});
