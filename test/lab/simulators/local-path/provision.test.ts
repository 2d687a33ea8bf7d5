import { expect } from "chai";
import type { AnyObject } from "../../../../kube/client.ts";
import { deletionFailure, provision } from "../../../../lab/simulators/local-path/provision.ts";
import type { ProvisionRequest } from "../../../../lab/simulators/local-path/provision.ts";

const configJson = (map: object) => JSON.stringify({ nodePathMap: [map] });
const everyNode = configJson({ node: "DEFAULT_PATH_FOR_NON_LISTED_NODES", paths: ["/data"] });

function request(
  changes: { claim?: object; spec?: object; annotations?: object; config?: object } = {},
): ProvisionRequest {
  return {
    claim: {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: {
        name: "home",
        namespace: "vdi",
        uid: "u-1",
        annotations: { "volume.kubernetes.io/selected-node": "n1", ...changes.claim },
      },
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } }, ...changes.spec },
    },
    storageClass: {
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name: "local-path", annotations: { defaultVolumeType: "local", ...changes.annotations } },
      provisioner: "rancher.io/local-path",
      reclaimPolicy: "Delete",
    },
    config: { "config.json": everyNode, setup: "", teardown: "", ...changes.config },
  };
}

function volumeSpec(changes: Parameters<typeof request>[0] = {}): Record<string, unknown> {
  const result = provision(request(changes));
  return (result as { volume: AnyObject }).volume.spec as Record<string, unknown>;
}

const failure = (changes: Parameters<typeof request>[0]) =>
  (provision(request(changes)) as { failure: string }).failure;

describe("local-path provisioning", () => {
  it("makes a local volume on the chosen node when the class says so: fsGroup works on it", () => {
    expect(volumeSpec()).to.deep.include({ local: { path: "/data/pvc-u-1_vdi_home" } });
  });

  it("makes a hostPath volume for a class without the annotation: fsGroup does not work on it", () => {
    const spec = volumeSpec({ annotations: { defaultVolumeType: undefined } });
    expect(spec.hostPath).to.deep.equal({ path: "/data/pvc-u-1_vdi_home", type: "DirectoryOrCreate" });
  });

  it("lets the claim override the class", () => {
    expect(volumeSpec({ claim: { volumeType: "hostPath" } })).to.have.property("hostPath");
  });

  it("ties the volume to its node", () => {
    expect(JSON.stringify(volumeSpec().nodeAffinity)).to.include(
      '"kubernetes.io/hostname","operator":"In","values":["n1"]',
    );
  });

  it("fails without the setup script, as a ConfigMap does whose forced patch was taken away", () => {
    expect(failure({ config: { setup: undefined } })).to.include("create process timeout after 120 seconds");
  });

  it("fails without the teardown script: each helper pod mounts both", () => {
    expect(failure({ config: { teardown: undefined } })).to.include("create process timeout after 120 seconds");
  });

  it("cannot delete a volume without its scripts, and says so", () => {
    expect(deletionFailure("pvc-u-1", { setup: "", teardown: "" })).to.equal(undefined);
    expect(deletionFailure("pvc-u-1", { setup: "" })).to.equal(
      "failed to delete volume pvc-u-1: failed to delete volume pvc-u-1: create process timeout after 120 seconds",
    );
    expect(deletionFailure("pvc-u-1", undefined)).to.be.a("string");
  });

  it("fails for ReadWriteMany", () => {
    expect(failure({ spec: { accessModes: ["ReadWriteMany"] } })).to.include("only supports ReadWriteOnce");
  });

  it("fails for a class of its provisioner that storageClassConfigs does not list", () => {
    const config = { "config.json": JSON.stringify({ storageClassConfigs: { other: {} } }) };
    expect(failure({ config })).to.include("unexpected storage class local-path");
  });

  it("prefers the path of a listed node, and fails for a node without one", () => {
    const listed = { "config.json": configJson({ node: "n1", paths: ["/fast"] }) };
    expect(volumeSpec({ config: listed }).local).to.deep.equal({ path: "/fast/pvc-u-1_vdi_home" });
    const other = { "config.json": configJson({ node: "n2", paths: ["/fast"] }) };
    expect(failure({ config: other })).to.include("config doesn't contain node n1");
  });
});
