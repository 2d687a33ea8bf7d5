import { expect } from "chai";
import { refusePatch } from "../../../commands/local-path/patch-refusal.ts";

const config = { data: { "config.json": "{}", setup: "", teardown: "", "helperPod.yaml": "" } };
const deployment = { metadata: { name: "local-path-provisioner" } };

describe("the guard before a patch of K3s's local-path configuration", () => {
  it("lets a patch of what K3s has laid down pass", () => {
    expect(refusePatch(config, deployment)).to.equal(undefined);
  });

  it("refuses to patch a ConfigMap that is not there, which would make a stub", () => {
    expect(refusePatch(undefined, undefined)).to.match(/does not exist: K3s runs with --disable=local-storage.* own/);
  });

  it("refuses a stub that an earlier patch has left, and says how to remove it", () => {
    expect(refusePatch({ data: { setup: "" } }, deployment)).to.match(/no key config.json.*kubectl delete configmap/);
  });

  it("refuses a ConfigMap that nothing reads", () => {
    expect(refusePatch(config, undefined)).to.match(/Deployment kube-system\/local-path-provisioner does not exist/);
  });
});
