import { expect } from "chai";
import { parse } from "yaml";
import {
  clusterRules,
  configHash,
  names,
  ownLocalPath,
  ownStorageClass,
  provisionerConfig,
  provisionerDeployment,
  setupScript,
} from "../../../components/local-path-storage/manifests.ts";
import { addons } from "../../../lab/k3s/packaged-components/manifests.ts";
import { nodeBasePath } from "../../../lab/simulators/local-path/node-path.ts";
import { ownStorage } from "./args.ts";

const k3s = addons().flatMap(({ objects }) => objects);
const pod = (changes = {}) => provisionerDeployment({ ...ownStorage, ...changes }).spec.template;

describe("the local-path provisioner of our own", () => {
  it("has the setup script that K3s has, to the byte: a patch with it is a shared no-op", () => {
    const config = k3s.find(({ kind, metadata }) => kind === "ConfigMap" && metadata?.name === "local-path-config");
    expect(setupScript).to.equal((config?.data as Record<string, string>)["setup"]);
  });

  it("shares neither provisioner name nor class nor cluster-wide names with K3s's", () => {
    const taken = k3s.filter(({ metadata }) => metadata?.namespace === undefined).map(({ metadata }) => metadata?.name);
    expect(taken).to.include("local-path-provisioner-role");
    expect(taken).not.to.include(names.clusterWide);
    expect(taken).not.to.include(ownStorageClass(ownStorage).metadata.name);
    expect(ownLocalPath("storage").provisioner).not.to.equal("rancher.io/local-path");
  });

  it("finds a path on every node", () => {
    const config = provisionerConfig(ownStorage);
    expect(nodeBasePath(config["config.json"], "kasm-local-path", "any")).to.deep.equal({ path: ownStorage.path });
  });

  it("has a helper pod that the provisioner accepts: one container without volumes or added rights", () => {
    const { spec } = parse(provisionerConfig(ownStorage)["helperPod.yaml"]) as { spec: Record<string, unknown> };
    expect(spec).to.have.all.keys("automountServiceAccountToken", "containers", "tolerations");
    expect(spec["containers"]).to.have.lengthOf(1);
    expect((spec["containers"] as object[])[0]).not.to.have.any.keys("volumeMounts", "envFrom", "lifecycle");
  });

  it("gives helper pods, which run on every node, an account without rights", () => {
    expect(pod().spec.containers[0]?.args).to.include(`--service-account-name=${names.helper}`);
    expect(names.helper).not.to.equal(names.provisioner);
  });

  it("may not read Secrets, nor write anything but volumes, claims and events outside its namespace", () => {
    const writes = clusterRules.filter(({ verbs }) =>
      (verbs as string[]).some((verb) => /create|update|patch|delete/.test(verb)),
    );
    expect(writes.flatMap(({ resources }) => resources as string[])).to.have.members([
      "persistentvolumeclaims",
      "persistentvolumes",
      "events",
    ]);
    expect(JSON.stringify(clusterRules)).not.to.match(/secrets|\*/);
  });

  it("starts anew when something changes that it reads once, like the helper pod's template", () => {
    expect(pod({ helperImage: "busybox:1.38.0" }).metadata.annotations).not.to.deep.equal(pod().metadata.annotations);
    expect(configHash({ ...ownStorage, path: "/data" })).not.to.equal(configHash(ownStorage));
    expect(configHash({ ...ownStorage })).to.equal(configHash(ownStorage));
  });

  it("takes both images from the mirror, with the pull secret", () => {
    const registry = { mirror: "registry.example.com/mirror", pullSecretName: "pull" };
    const config = provisionerConfig({ ...ownStorage, registry });
    expect(pod({ registry }).spec.containers[0]?.image).to.equal(
      "registry.example.com/mirror/rancher/local-path-provisioner:v0.0.37",
    );
    expect(pod({ registry }).spec.imagePullSecrets).to.deep.equal([{ name: "pull" }]);
    expect(config["helperPod.yaml"]).to.include("image: registry.example.com/mirror/library/busybox:1.37.0");
    expect(config["helperPod.yaml"]).to.include("name: pull");
  });

  it("makes volumes of type local that wait for a pod, and leaves the default class to K3s", () => {
    expect(ownStorageClass(ownStorage)).to.deep.include({
      metadata: { name: "kasm-local-path", annotations: { defaultVolumeType: "local" } },
      volumeBindingMode: "WaitForFirstConsumer",
      reclaimPolicy: "Delete",
    });
  });
});
