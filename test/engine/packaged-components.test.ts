import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { ClusterClient, apiMessage, loadKubeConfig } from "../../kube/client.ts";
import type { AnyObject } from "../../kube/client.ts";
import { applyPackagedComponents, reapplyPackagedManifests } from "../../lab/k3s/packaged-components/apply.ts";

const namespace = "packaged-test";
const pause = { name: "main", image: "registry.k8s.io/pause:3.10" };
const configKey = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "local-path-config", namespace: "kube-system" },
};

describe("the packaged components on the lab", function () {
  this.timeout(60_000);
  let client: ClusterClient;

  before(async () => {
    client = new ClusterClient(loadKubeConfig());
    await client.apply(
      { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
      { fieldManager: "test", force: true },
    );
  });

  after(async () => {
    await client.delete({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    await client.config.close();
  });

  it("is laid down a second time without a change", async () => {
    const before = await client.get(configKey);
    await applyPackagedComponents(client);
    expect((await client.get(configKey))?.metadata?.resourceVersion).to.equal(before?.metadata?.resourceVersion);
  });

  it("runs CoreDNS, local-path-provisioner and Traefik, whose Service has the nodes' addresses", async () => {
    for (const name of ["coredns", "local-path-provisioner", "traefik"])
      await until(
        async () => Number((await status("apps/v1", "Deployment", name, "kube-system")).availableReplicas) > 0,
        name,
      );
    const nodes = await client.list("v1", "Node", { labelSelector: "lab.kasm-vdi/pool" });
    await until(async () => (await addresses("traefik", "kube-system")).length === nodes.length, "Traefik's addresses");
  });

  it("brings up a StatefulSet: its claim gets a local volume on its pod's node, which goes with the claim", async () => {
    await create({
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name: "db" },
      spec: {
        serviceName: "db",
        selector: { matchLabels: { app: "db" } },
        template: podTemplate("db", { volumeMounts: [{ name: "data", mountPath: "/data" }] }),
        volumeClaimTemplates: [
          {
            metadata: { name: "data" },
            spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
          },
        ],
      },
    });
    await until(
      async () => Number((await status("apps/v1", "StatefulSet", "db")).readyReplicas) === 1,
      "StatefulSet ready",
    );
    const claim = await read("v1", "PersistentVolumeClaim", "data-db-0");
    const name = (claim?.spec as { volumeName: string }).volumeName;
    expect(name).to.equal(`pvc-${claim?.metadata?.uid ?? ""}`);
    const volume = { apiVersion: "v1", kind: "PersistentVolume", metadata: { name } };
    expect((await client.get(volume))?.spec).to.have.property("local");
    await remove("apps/v1", "StatefulSet", "db");
    await remove("v1", "PersistentVolumeClaim", "data-db-0");
    await until(async () => (await client.get(volume)) === undefined, "volume deleted");
  });

  it("completes a Job, init containers first", async () => {
    const template = podTemplate("job", {});
    Object.assign(template.spec, { restartPolicy: "Never", initContainers: [{ ...pause, name: "first" }] });
    await create({ apiVersion: "batch/v1", kind: "Job", metadata: { name: "once" }, spec: { template } });
    await until(async () => Number((await status("batch/v1", "Job", "once")).succeeded) === 1, "Job complete");
  });

  it("brings 20 pods up within 5 s", async () => {
    const spec = { replicas: 20, selector: { matchLabels: { app: "many" } }, template: podTemplate("many", {}) };
    const start = Date.now();
    await create({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "many" }, spec });
    await until(
      async () => Number((await status("apps/v1", "Deployment", "many")).availableReplicas) === 20,
      "20 pods",
    );
    expect(Date.now() - start).to.be.lessThan(5_000);
  });

  it("leaves a second Service on Traefik's ports without an address, and gives one on free ports an address", async () => {
    await create(loadBalancer("taken", 443));
    await create(loadBalancer("free", 3389));
    await until(async () => (await addresses("free")).length > 0, "an address");
    expect(await addresses("taken")).to.deep.equal([]);
  });

  it("publishes Traefik's addresses on an Ingress of its class", async () => {
    await create({
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: { name: "web" },
      spec: { ingressClassName: "traefik", defaultBackend: { service: { name: "web", port: { number: 80 } } } },
    });
    const traefik = await addresses("traefik", "kube-system");
    await until(async () => {
      const { loadBalancer } = (await status("networking.k8s.io/v1", "Ingress", "web")) as Balanced;
      return loadBalancer?.ingress?.length === traefik.length;
    }, "the Ingress's addresses");
  });

  it("refuses an IngressRoute without a rule's match, as Traefik's own schema does", async () => {
    const route = {
      apiVersion: "traefik.io/v1alpha1",
      kind: "IngressRoute",
      metadata: { name: "r" },
      spec: { routes: [{}] },
    };
    const refusal = await create(route).then(
      () => "",
      (error: unknown) => apiMessage(error),
    );
    expect(refusal).to.include("spec.routes[0].match: Required value");
  });

  it("reverts an edit of local-path-config at a K3s restart and keeps a key that others added", async () => {
    const original = (await client.get(configKey))?.data as Record<string, string>;
    await client.mergePatch({ ...configKey, data: { setup: "#!/bin/sh\nexit 1", extra: "kept" } }, "someone");
    await reapplyPackagedManifests(client);
    const live = await client.get(configKey);
    expect(live?.data).to.deep.equal({ ...original, extra: "kept" });
    expect(live?.metadata?.managedFields?.map(({ manager }) => manager)).to.include("deploy@k3s-server-0");
    await client.mergePatch({ ...configKey, data: { extra: null } });
  });

  it("cannot provision while the setup script is missing, says so, and recovers at a K3s restart", async () => {
    await client.mergePatch({ ...configKey, data: { setup: null } });
    try {
      const volumes = [{ name: "data", persistentVolumeClaim: { claimName: "stuck" } }];
      await create({
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: { name: "stuck" },
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
      });
      await create({
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "stuck" },
        spec: { containers: [pause], volumes },
      });
      await until(async () => {
        const events = await client.list("v1", "Event", { namespace, fieldSelector: "reason=ProvisioningFailed" });
        return events.some(({ message }) => String(message).includes("create process timeout"));
      }, "an event ProvisioningFailed");
    } finally {
      await reapplyPackagedManifests(client);
    }
    await until(async () => (await status("v1", "Pod", "stuck")).phase === "Running", "the pod runs");
  });

  interface Balanced {
    loadBalancer?: { ingress?: { ip: string }[] };
  }

  function podTemplate(app: string, container: object) {
    return { metadata: { labels: { app } }, spec: { containers: [{ ...pause, ...container }] } };
  }

  function loadBalancer(name: string, port: number): AnyObject {
    const spec = { type: "LoadBalancer", selector: { app: "many" }, ports: [{ port }] };
    return { apiVersion: "v1", kind: "Service", metadata: { name }, spec };
  }

  function create(object: AnyObject): Promise<AnyObject> {
    return client.create({ ...object, metadata: { ...object.metadata, namespace } });
  }

  function read(apiVersion: string, kind: string, name: string, where = namespace): Promise<AnyObject | undefined> {
    return client.get({ apiVersion, kind, metadata: { name, namespace: where } });
  }

  function remove(apiVersion: string, kind: string, name: string): Promise<void> {
    return client.delete({ apiVersion, kind, metadata: { name, namespace } });
  }

  async function status(
    apiVersion: string,
    kind: string,
    name: string,
    where?: string,
  ): Promise<Record<string, unknown>> {
    return ((await read(apiVersion, kind, name, where))?.status ?? {}) as Record<string, unknown>;
  }

  async function addresses(name: string, where?: string): Promise<string[]> {
    const { loadBalancer: published } = (await status("v1", "Service", name, where)) as Balanced;
    return (published?.ingress ?? []).map(({ ip }) => ip);
  }

  async function until(isSo: () => Promise<boolean>, what: string): Promise<void> {
    const deadline = Date.now() + 20_000;
    while (!(await isSo())) {
      if (Date.now() > deadline) throw new Error(`not within 20 s: ${what}`);
      await sleep(100);
    }
  }
});
