import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { setupScript } from "../../components/local-path-storage/manifests.ts";
import { ClusterClient, loadKubeConfig } from "../../kube/client.ts";
import type { AnyObject } from "../../kube/client.ts";
import { applyPackagedComponents, reapplyPackagedManifests } from "../../lab/k3s/packaged-components/apply.ts";
import { addons } from "../../lab/k3s/packaged-components/manifests.ts";
import type { Addon } from "../../lab/k3s/packaged-components/manifests.ts";
import { componentStack } from "./component-stack.ts";
import type { ScratchStack } from "./scratch-stack.ts";

const namespace = "local-path-test";
const ours = "local-path-test-storage";
const configKey = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "local-path-config", namespace: "kube-system" },
};
const setupOfV1213 = '#!/bin/sh\nset -eu\nmkdir -m 0700 -p "${VOL_DIR}"';

const env = (mode: string, className: string) => ({
  ARGS: JSON.stringify({
    mode,
    className,
    path: "/var/lib/test/storage",
    image: "rancher/local-path-provisioner:v0.0.37",
    helperImage: "busybox:1.37.0",
    namespace: ours,
    registry: {},
    cluster: {},
    timeoutSeconds: 60,
  }),
});

describe("LocalPathStorage on the lab", function () {
  this.timeout(240_000);
  let client: ClusterClient;
  let stack: ScratchStack;

  before(async () => {
    client = new ClusterClient(loadKubeConfig());
    await client.apply(
      { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
      { fieldManager: "test", force: true },
    );
  });

  after(async () => {
    await applyPackagedComponents(client);
    await client.mergePatch({ ...configKey, metadata: { ...configKey.metadata, annotations: null } as never });
    await reapplyPackagedManifests(client);
    await client.delete({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    await client.config.close();
  });

  beforeEach(
    async () =>
      (stack = await componentStack("local-path-storage/local-path-storage.ts", "LocalPathStorage", "storage")),
  );
  afterEach(() => stack.remove());

  describe("check", () => {
    it("writes nothing: K3s's objects keep their versions through up and destroy", async () => {
      const before = await k3sVersions();
      await stack.up(env("check", "local-path"));
      expect(await stack.output("report")).to.include("0777");
      await stack.run(["destroy", "--yes", "--skip-preview"], env("check", "local-path"));
      expect(await k3sVersions()).to.deep.equal(before);
    });
  });

  describe("patch", () => {
    const mode = env("patch", "local-path");
    // A K3s whose own script makes directories that others cannot enter.
    const old = addons().map((addon) => withSetup(addon, setupOfV1213));

    it("is no change where K3s has the same script: K3s keeps its share, and a restart reverts nothing", async () => {
      await stack.up(mode);
      expect(await managersOfSetup()).to.include.members(["deploy@k3s-server-0", "kasm-vdi-local-path"]);
      await reapplyPackagedManifests(client);
      await stack.run(["refresh", "--yes"], mode);
      await stack.run(["preview", "--expect-no-changes"], mode);
      await stack.run(["destroy", "--yes", "--skip-preview"], mode);
    });

    it("is reported as reverted by refresh after a K3s restart, re-asserted by up --refresh, and kept by destroy", async () => {
      await reapplyPackagedManifests(client, old);
      await stack.up(mode);
      expect(await setup()).to.equal(setupScript);

      await reapplyPackagedManifests(client, old);
      expect(await setup()).to.equal(setupOfV1213);
      expect(await stack.changes(mode), "without refresh the engine sees nothing").to.deep.equal({});
      const { exitCode } = await stack.pulumi(["refresh", "--preview-only", "--expect-no-changes"], mode);
      expect(exitCode).not.to.equal(0);

      const output = await stack.run(["up", "--yes", "--skip-preview", "--refresh"], mode);
      expect(output).to.match(/storage-setup/);
      expect(await setup()).to.equal(setupScript);

      await stack.run(["destroy", "--yes", "--skip-preview"], mode);
      expect(await setup()).to.equal(setupScript);
    });

    it("refuses a K3s without local storage, and leaves no stub of a ConfigMap", async () => {
      await applyPackagedComponents(client, { disable: ["local-storage"] });
      try {
        const { exitCode, all } = await stack.pulumi(["up", "--yes", "--skip-preview"], mode);
        expect(exitCode).not.to.equal(0);
        expect(all).to.match(/local-path-config does not exist: K3s runs with --disable=local-storage/);
        expect(all).not.to.contain("    at ");
        expect(await client.get(configKey)).to.equal(undefined);
      } finally {
        await applyPackagedComponents(client);
      }
    });
  });

  describe("own", () => {
    const mode = env("own", "test-local-path");
    const ownConfig = { ...configKey, metadata: { name: "local-path-config", namespace: ours } };

    it("provisions, also after a K3s restart and after K3s has dropped its local storage, and goes without a trace", async () => {
      await stack.up(mode);
      const volume = await provisioned("first");
      expect(volume?.spec)
        .to.have.nested.property("local.path")
        .that.matches(/^\/var\/lib\/test\/storage\//);

      await reapplyPackagedManifests(client);
      await provisioned("after-restart");
      await applyPackagedComponents(client, { disable: ["local-storage"] });
      await provisioned("without-k3s");
      await applyPackagedComponents(client);
      await stack.run(["preview", "--refresh", "--expect-no-changes"], mode);

      await Promise.all(["first", "after-restart", "without-k3s"].map(release));
      await stack.run(["destroy", "--yes", "--skip-preview"], mode);
      expect(await ownVolumes(), "volumes that nobody would delete").to.deep.equal([]);
      expect(
        await client.get({
          apiVersion: "storage.k8s.io/v1",
          kind: "StorageClass",
          metadata: { name: "test-local-path" },
        }),
      ).to.equal(undefined);
      expect(await setup()).to.equal(setupScript);
    });

    it("fails to provision while its script is missing, says so, and is repaired by up --refresh", async () => {
      await stack.up(mode);
      await client.mergePatch({ ...ownConfig, data: { setup: null } });
      await claim("stuck");
      await until(async () => {
        const events = await client.list("v1", "Event", { namespace, fieldSelector: "reason=ProvisioningFailed" });
        return events.some(({ message, source }) => isOwnFailure(String(message), source));
      }, "an event ProvisioningFailed");
      await stack.run(["up", "--yes", "--skip-preview", "--refresh"], mode);
      await running("stuck");
      await release("stuck");
      await stack.run(["destroy", "--yes", "--skip-preview"], mode);
    });

    function isOwnFailure(message: string, source: unknown): boolean {
      const { component = "" } = source as { component?: string };
      return message.includes("create process timeout") && component.startsWith("kasm-vdi.io/local-path");
    }

    async function provisioned(name: string): Promise<AnyObject | undefined> {
      await claim(name);
      await running(name);
      const made = await client.get({ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name, namespace } });
      const { volumeName } = made?.spec as { volumeName: string };
      return client.get({ apiVersion: "v1", kind: "PersistentVolume", metadata: { name: volumeName } });
    }
  });

  /** A claim of our class and a pod that uses it. */
  async function claim(name: string): Promise<void> {
    await client.create({
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name, namespace },
      spec: {
        storageClassName: "test-local-path",
        accessModes: ["ReadWriteOnce"],
        resources: { requests: { storage: "1Gi" } },
      },
    });
    await client.create({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace },
      spec: {
        containers: [{ name: "main", image: "registry.k8s.io/pause:3.10" }],
        volumes: [{ name: "data", persistentVolumeClaim: { claimName: name } }],
      },
    });
  }

  async function running(name: string): Promise<void> {
    const key = { apiVersion: "v1", kind: "Pod", metadata: { name, namespace } };
    await until(async () => ((await client.get(key))?.status as { phase?: string }).phase === "Running", name);
  }

  async function release(name: string): Promise<void> {
    for (const kind of ["Pod", "PersistentVolumeClaim"]) {
      const key = { apiVersion: "v1", kind, metadata: { name, namespace } };
      await client.delete(key);
      await until(async () => (await client.get(key)) === undefined, `${kind} ${name} deleted`);
    }
  }

  async function ownVolumes(): Promise<(string | undefined)[]> {
    const volumes = await client.list("v1", "PersistentVolume");
    return volumes
      .filter(({ metadata }) => metadata?.annotations?.["pv.kubernetes.io/provisioned-by"] === "kasm-vdi.io/local-path")
      .map(({ metadata }) => metadata?.name);
  }

  async function setup(): Promise<string | undefined> {
    return ((await client.get(configKey))?.data as Record<string, string> | undefined)?.["setup"];
  }

  async function managersOfSetup(): Promise<(string | undefined)[]> {
    const fields = (await client.get(configKey))?.metadata?.managedFields ?? [];
    return fields.filter(({ fieldsV1 }) => JSON.stringify(fieldsV1).includes("f:setup")).map(({ manager }) => manager);
  }

  async function k3sVersions(): Promise<(string | undefined)[]> {
    const storageClass = { apiVersion: "storage.k8s.io/v1", kind: "StorageClass", metadata: { name: "local-path" } };
    return [
      (await client.get(configKey))?.metadata?.resourceVersion,
      (await client.get(storageClass))?.metadata?.resourceVersion,
    ];
  }

  async function until(isSo: () => Promise<boolean>, what: string): Promise<void> {
    const deadline = Date.now() + 30_000;
    while (!(await isSo())) {
      if (Date.now() > deadline) throw new Error(`not within 30 s: ${what}`);
      await sleep(100);
    }
  }
});

function withSetup(addon: Addon, script: string): Addon {
  const objects = addon.objects.map((object) =>
    object.kind === "ConfigMap" && object.metadata?.name === "local-path-config"
      ? { ...object, data: { ...(object.data as object), setup: script } }
      : object,
  );
  return { ...addon, objects };
}
