import { expect } from "chai";
import { volumesLeft } from "../../../commands/local-path/volumes-left.ts";

const provisioner = "kasm-vdi.io/local-path";
const volume = (name: string, claim: string, policy = "Delete", by = provisioner) => ({
  metadata: { name, annotations: { "pv.kubernetes.io/provisioned-by": by } },
  spec: { claimRef: { uid: claim }, persistentVolumeReclaimPolicy: policy },
});
const claims = [{ metadata: { name: "home", uid: "alive" } }];

describe("the volumes that are left when a provisioner goes", () => {
  it("are waited for when their claim is gone, whatever their phase says", () => {
    expect(volumesLeft([volume("a", "gone"), volume("b", "alive")], claims, provisioner)).to.deep.equal({
      released: ["a"],
      bound: ["b"],
    });
  });

  it("are left alone when they are to be retained or another provisioner's", () => {
    const others = [volume("kept", "gone", "Retain"), volume("k3s", "gone", "Delete", "rancher.io/local-path")];
    expect(volumesLeft(others, claims, provisioner)).to.deep.equal({ released: [], bound: [] });
  });
});
