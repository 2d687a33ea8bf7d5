import { expect } from "chai";
import { addonRecord, addons, helmReleases, k3sCrds } from "../../../lab/k3s/packaged-components/manifests.ts";

const everything = () => [...k3sCrds(), ...addons().flatMap(({ objects }) => objects), ...helmReleases()];
const find = (kind: string, name: string) =>
  everything().find((object) => object.kind === kind && object.metadata?.name === name);

describe("what a stock K3s has", () => {
  it("is complete, named objects, each once", () => {
    const keys = everything().map(
      ({ kind, metadata }) => `${kind ?? "?"} ${metadata?.namespace ?? ""} ${metadata?.name ?? "?"}`,
    );
    expect(keys.join("\n")).not.to.include("?");
    expect(new Set(keys).size).to.equal(keys.length);
  });

  it("has a local-path ConfigMap with exactly its four keys, and 0777 volumes below a 0700 directory (facts 1.1)", () => {
    const data = find("ConfigMap", "local-path-config")?.data as Record<string, string>;
    expect(Object.keys(data)).to.have.members(["config.json", "setup", "teardown", "helperPod.yaml"]);
    expect(data.setup).to.include("mkdir -m 0777").and.include('chmod 700 "${VOL_DIR}/.."');
    expect(JSON.parse(data["config.json"] ?? "")).to.have.property("nodePathMap");
  });

  it("has a default StorageClass that waits for a pod and makes local volumes (facts 1.2)", () => {
    const storageClass = find("StorageClass", "local-path");
    expect(storageClass).to.include({
      provisioner: "rancher.io/local-path",
      volumeBindingMode: "WaitForFirstConsumer",
    });
    expect(storageClass?.metadata?.annotations).to.include({
      defaultVolumeType: "local",
      "storageclass.kubernetes.io/is-default-class": "true",
    });
  });

  it("marks every packaged object as its own (facts 1.5)", () => {
    for (const { name, objects } of addons())
      for (const { metadata } of objects) {
        expect(metadata?.labels).to.have.property("objectset.rio.cattle.io/hash");
        expect(metadata?.annotations).to.include({ "objectset.rio.cattle.io/owner-name": name });
      }
  });

  it("keeps an Addon with the checksum of each manifest", () => {
    const records = addons().map(addonRecord);
    expect(records.map(({ metadata }) => metadata?.name)).to.include("local-storage");
    for (const { spec } of records) expect((spec as { checksum: string }).checksum).to.match(/^[0-9a-f]{64}$/);
  });

  it("leaves Traefik's ten kinds to the Helm release traefik-crd (facts 3.2)", () => {
    const crds = helmReleases().filter(({ kind }) => kind === "CustomResourceDefinition");
    expect(crds).to.have.length(10);
    for (const { metadata } of crds) {
      expect(metadata?.labels).to.include({ "app.kubernetes.io/managed-by": "Helm" });
      expect(metadata?.annotations).to.include({
        "meta.helm.sh/release-name": "traefik-crd",
        "meta.helm.sh/release-namespace": "kube-system",
      });
    }
  });

  it("lets a HelmChartConfig default to the dangerous failure policy (facts 3.3)", () => {
    expect(JSON.stringify(find("CustomResourceDefinition", "helmchartconfigs.helm.cattle.io"))).to.include(
      '"default":"reinstall"',
    );
  });
});
