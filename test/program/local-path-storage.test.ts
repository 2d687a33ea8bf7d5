import { expect } from "chai";
import * as k8s from "@pulumi/kubernetes";
import { LocalPathStorage } from "../../components/local-path-storage/local-path-storage.ts";
import { ownStorage } from "../components/local-path-storage/args.ts";
import { registrationsOf } from "./registrations.ts";
import type { Registration } from "./registrations.ts";

const args = { ...ownStorage, cluster: {}, timeoutSeconds: 60 };

const register = async (mode: "check" | "patch" | "own") => {
  const { resources } = await registrationsOf(
    () => {
      const provider = new k8s.Provider("cluster");
      return new LocalPathStorage("storage", { ...args, mode }, { provider });
    },
    ({ type, inputs }) => ({ ...(inputs as object), ...(type === "command:local:Command" && { stdout: "{}" }) }),
  );
  const named = (name: string): Registration => {
    const found = resources.find((resource) => resource.name === name);
    if (!found) throw new Error(`${name} is not registered`);
    return found;
  };
  return { resources, named };
};

const kubernetesNames = (resources: readonly Registration[]) =>
  resources.filter(({ type }) => /^kubernetes:/.test(type)).map(({ name }) => name);

describe("LocalPathStorage", () => {
  it("makes nothing in mode check", async () => {
    const { resources } = await register("check");
    expect(kubernetesNames(resources)).to.deep.equal([]);
  });

  it("patches in mode patch the key setup and nothing else, after the guard, and checks after it", async () => {
    const { resources, named } = await register("patch");
    expect(kubernetesNames(resources)).to.deep.equal(["storage-setup"]);
    const { type, inputs, dependencies } = named("storage-setup");
    expect(type).to.equal("kubernetes:core/v1:ConfigMapPatch");
    expect(inputs["data"]).to.have.all.keys("setup");
    expect(inputs["metadata"]).to.deep.include({ name: "local-path-config", namespace: "kube-system" });
    expect(dependencies).to.include(named("storage-guard").urn);
    expect(named("storage-check").dependencies).to.include(named("storage-setup").urn);
  });

  it("forces the patch under a name of its own, and leaves it on destroy: giving it back would remove the script", async () => {
    const { named } = await register("patch");
    const { inputs, retainOnDelete } = named("storage-setup");
    expect((inputs["metadata"] as { annotations: object }).annotations).to.deep.equal({
      "pulumi.com/patchForce": "true",
      "pulumi.com/patchFieldManager": "kasm-vdi-local-path",
    });
    expect(retainOnDelete).to.equal(true);
  });

  it("starts our own provisioner after its rights, its config and the way to the API server, then makes the class", async () => {
    const { named } = await register("own");
    expect(named("storage-provisioner").dependencies).to.include.members(
      [
        "storage-cluster-binding",
        "storage-binding",
        "storage-config",
        "storage-helper-account",
        "storage-to-api-server",
      ].map((name) => named(name).urn),
    );
    expect(named("storage-class").dependencies).to.include(named("storage-provisioner").urn);
    expect(named("storage-check").dependencies).to.include.members([
      named("storage-class").urn,
      named("storage-rollout").urn,
    ]);
  });

  it("lets the provisioner delete its last volumes before it goes", async () => {
    const { named } = await register("own");
    const drain = named("storage-drain");
    expect(drain.inputs).to.include({ delete: "node commands/local-path-drain.ts" }).and.not.have.property("create");
    expect(drain.dependencies).to.include(named("storage-class").urn);
  });

  it("puts our own provisioner into a closed namespace that admits pods with the node's file system", async () => {
    const { named } = await register("own");
    expect(named("storage-namespace").inputs["metadata"]).to.deep.include({
      labels: { "pod-security.kubernetes.io/enforce": "privileged" },
    });
    expect(named("storage-default-deny").inputs["spec"]).to.deep.include({ policyTypes: ["Ingress", "Egress"] });
  });

  it("checks our own class by our own ConfigMap", async () => {
    const { named } = await register("own");
    const { INPUT } = named("storage-check").inputs["environment"] as { INPUT: string };
    expect(JSON.parse(INPUT)).to.deep.include({
      className: "kasm-local-path",
      localPath: { provisioner: "kasm-vdi.io/local-path", namespace: "storage", configMap: "local-path-config" },
    });
  });
});
