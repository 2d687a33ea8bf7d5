import { gunzipSync } from "node:zlib";
import { expect } from "chai";
import type { AnyObject } from "../../../kube/client.ts";
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

  it("has a local-path ConfigMap with exactly its four keys, and 0777 volumes below a 0700 directory", () => {
    const data = find("ConfigMap", "local-path-config")?.data as Record<string, string>;
    expect(Object.keys(data)).to.have.members(["config.json", "setup", "teardown", "helperPod.yaml"]);
    expect(data.setup).to.include("mkdir -m 0777").and.include('chmod 700 "${VOL_DIR}/.."');
    expect(JSON.parse(data["config.json"] ?? "")).to.have.property("nodePathMap");
  });

  it("has a default StorageClass that waits for a pod and makes local volumes", () => {
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

  it("marks every packaged object as its addon's, by annotations and never by an owner reference", () => {
    for (const { name, objects } of addons())
      for (const { metadata } of objects) {
        expect(metadata).not.to.have.property("ownerReferences");
        expect(metadata?.annotations).to.include({
          "objectset.rio.cattle.io/id": "",
          "objectset.rio.cattle.io/owner-gvk": "k3s.cattle.io/v1, Kind=Addon",
          "objectset.rio.cattle.io/owner-name": name,
          "objectset.rio.cattle.io/owner-namespace": "kube-system",
        });
      }
  });

  it("has the hash of a real K3s for the set of local-storage", () => {
    const hash = "183f35c65ffbc3064603f43f1580d8c68a2dabd4";
    for (const { metadata } of addons().find(({ name }) => name === "local-storage")?.objects ?? [])
      expect(metadata?.labels).to.include({ "objectset.rio.cattle.io/hash": hash });
  });

  it("remembers what was applied as K3s does: the marked object, gzipped, in base64 without padding", () => {
    const storageClass = find("StorageClass", "local-path")!;
    expect(applied(storageClass)).to.deep.equal(withoutApplied(storageClass));
    expect(storageClass.metadata?.annotations?.["objectset.rio.cattle.io/applied"]).to.match(/^H4sI[^=]+$/);
  });

  it("remembers the first 64 characters of longer texts", () => {
    const config = applied(find("ConfigMap", "local-path-config")!).data as Record<string, string>;
    expect(config["teardown"]).to.equal('#!/bin/sh\nset -eu\nrm -rf "${VOL_DIR}"');
    expect(config["config.json"]).to.have.length(64);
  });

  it("keeps an Addon with source, checksum and kinds of each manifest", () => {
    const records = addons().map(addonRecord);
    const runtimes = records.find(({ metadata }) => metadata?.name === "runtimes");
    expect(runtimes?.metadata?.annotations).to.deep.equal({
      "addon.k3s.cattle.io/gvks": "node.k8s.io/v1, Kind=RuntimeClass",
    });
    expect(runtimes?.spec).to.include({ source: "/var/lib/rancher/k3s/server/manifests/runtimes.yaml" });
    for (const { spec } of records) expect((spec as { checksum: string }).checksum).to.match(/^[0-9a-f]{64}$/);
  });

  it("has ten runtime classes, of the addon runtimes", () => {
    const runtimes = addons().find(({ name }) => name === "runtimes")?.objects ?? [];
    expect(runtimes.map(({ metadata }) => metadata?.name)).to.have.members(
      "nvidia nvidia-experimental crun lunatic slight spin wasmedge wasmer wasmtime wws".split(" "),
    );
  });

  it("runs the versions of K3s v1.35.4, on servers too, whose taint has no other name than control-plane", () => {
    const text = JSON.stringify(everything());
    for (const image of [
      "rancher/local-path-provisioner:v0.0.35",
      "rancher/mirrored-library-busybox:1.37.0",
      "rancher/mirrored-coredns-coredns:1.14.2",
      "rancher/mirrored-library-traefik:3.6.12",
    ])
      expect(text).to.include(image);
    expect(text).to.include("node-role.kubernetes.io/control-plane").and.not.include("node-role.kubernetes.io/master");
  });

  it("leaves the API server's address in the HelmChart to the Helm job", () => {
    expect((find("HelmChart", "traefik")?.spec as { chart: string }).chart).to.equal(
      "https://%{KUBERNETES_API}%/static/charts/traefik-39.0.701+up39.0.7.tgz",
    );
  });

  it("leaves Traefik's ten kinds to the Helm release traefik-crd", () => {
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

  it("gives Traefik the rights to read the routes that it serves", () => {
    const rules = find("ClusterRole", "traefik-kube-system")?.rules as { apiGroups: string[]; verbs: string[] }[];
    expect(rules.find(({ apiGroups }) => apiGroups.includes("traefik.io"))?.verbs).to.include("watch");
    expect(find("ClusterRoleBinding", "traefik-kube-system")).to.have.nested.property("subjects[0].name", "traefik");
  });

  it("lets a HelmChartConfig default to the dangerous failure policy", () => {
    expect(JSON.stringify(find("CustomResourceDefinition", "helmchartconfigs.helm.cattle.io"))).to.include(
      '"default":"reinstall"',
    );
  });
});

function applied(object: AnyObject): AnyObject {
  const text = object.metadata?.annotations?.["objectset.rio.cattle.io/applied"] ?? "";
  return JSON.parse(gunzipSync(Buffer.from(text, "base64")).toString()) as AnyObject;
}

function withoutApplied(object: AnyObject): AnyObject {
  const plain = structuredClone(object);
  delete plain.metadata?.annotations?.["objectset.rio.cattle.io/applied"];
  return plain;
}
