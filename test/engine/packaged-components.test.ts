import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { ClusterClient, apiMessage, loadKubeConfig } from "../../kube/client.ts";
import type { AnyObject } from "../../kube/client.ts";
import { applyPackagedComponents, reapplyPackagedManifests } from "../../lab/k3s/packaged-components/apply.ts";

const namespace = "packaged-test";
const pause = { name: "main", image: "registry.k8s.io/pause:3.10" };
const keyIn = (apiVersion: string, kind: string, name: string) => ({
  apiVersion,
  kind,
  metadata: { name, namespace: "kube-system" },
});
const configKey = keyIn("v1", "ConfigMap", "local-path-config");
const chartKey = keyIn("helm.cattle.io/v1", "HelmChart", "traefik");
const classKey = { apiVersion: "storage.k8s.io/v1", kind: "StorageClass", metadata: { name: "local-path" } };

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
    const home = { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } };
    await client.delete(home);
    // Its Services hold ports of the nodes until they are gone.
    await until(async () => (await client.get(home)) === undefined, "namespace deleted");
    await client.config.close();
  });

  it("is laid down a second time without a change", async () => {
    expect(await applyPackagedComponents(client)).to.deep.equal([]);
  });

  it("has the field managers of K3s: controllers by the name of their node, Kubernetes's own components as k3s", async () => {
    expect(managersOf(await client.get(configKey))).to.deep.equal(["deploy@k3s-server-0"]);
    const chart = await client.get(chartKey);
    expect(managersOf(chart)).to.include.members(["deploy@k3s-server-0", "helm-controller@k3s-server-0"]);
    const deployment = await read("apps/v1", "Deployment", "coredns", "kube-system");
    // The lab's own, where a failure was provoked and mended on it.
    expect(managersOf(deployment).filter((it) => it !== "kasm-vdi-lab")).to.deep.equal(["deploy@k3s-server-0", "k3s"]);
    const pods = await client.list("v1", "Pod", { namespace: "kube-system", labelSelector: "k8s-app=kube-dns" });
    expect(managersOf(pods[0])).to.deep.equal(["k3s"]);
  });

  it("holds a node by K3s's finalizer until it is deleted, and tells CoreDNS its address", async () => {
    const metadata = { name: "packaged-test-node", annotations: { "kwok.x-k8s.io/node": "fake" } };
    const address = { type: "InternalIP", address: "198.19.255.1" };
    const node = { apiVersion: "v1", kind: "Node", metadata };
    await client.create({ ...node, status: { addresses: [address] } });
    const isHeld = async () =>
      (await client.get(node))?.metadata?.finalizers?.includes("wrangler.cattle.io/node") ?? false;
    const hosts = async () =>
      ((await read("v1", "ConfigMap", "coredns", "kube-system"))?.data as Record<string, string>)["NodeHosts"] ?? "";
    await until(isHeld, "the finalizer");
    await until(async () => (await hosts()).includes("198.19.255.1 packaged-test-node\n"), "its line in NodeHosts");
    await client.delete(node);
    await until(async () => (await client.get(node)) === undefined, "the node is gone");
    await until(async () => !(await hosts()).includes("packaged-test-node"), "its line is gone");
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
    expect((await client.get(volume))?.spec).to.have.nested.property(
      "local.path",
      `/var/lib/rancher/k3s/storage/${name}_${namespace}_data-db-0`,
    );
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

  it("brings up 20 pods at once", async () => {
    const spec = { replicas: 20, selector: { matchLabels: { app: "many" } }, template: podTemplate("many", {}) };
    await create({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "many" }, spec });
    await until(
      async () => Number((await status("apps/v1", "Deployment", "many")).availableReplicas) === 20,
      "20 pods",
    );
  });

  it("leaves a second Service on Traefik's ports without an address: its load-balancer pods find no free port", async () => {
    await create(loadBalancer("taken", 443));
    const labelSelector = `svccontroller.k3s.cattle.io/svcname=taken,svccontroller.k3s.cattle.io/svcnamespace=${namespace}`;
    await until(async () => {
      const pods = await client.list("v1", "Pod", { namespace: "kube-system", labelSelector });
      return pods.length > 0 && pods.every((pod) => JSON.stringify(pod.status).includes("free ports"));
    }, "pods that cannot be scheduled");
    expect(await addresses("taken")).to.deep.equal([]);
  });

  it("gives a Service on free ports an address although nothing behind it is Ready, as it does with Traefik's", async () => {
    expect(await client.list("v1", "Pod", { namespace, labelSelector: "app=nowhere" })).to.deep.equal([]);
    await create({
      ...loadBalancer("free", 3389),
      spec: { ...(loadBalancer("free", 3389).spec as object), selector: { app: "nowhere" } },
    });
    await until(async () => (await addresses("free")).length > 0, "an address");
    const { loadBalancer: published } = (await status("v1", "Service", "free")) as Balanced;
    expect(published?.ingress?.[0]).to.include({ ipMode: "VIP" });
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

  it("defends its ConfigMap as K3s does: another manager conflicts, force wins, a restart takes it back", async () => {
    const original = (await client.get(configKey))?.data as Record<string, string>;
    const mine = { ...configKey, data: { "config.json": "{}" } };
    const refusal = await client.apply(mine, { fieldManager: "someone" }).then(() => "", apiMessage);
    expect(refusal).to.match(/conflict with "deploy@k3s-server-0".*\.data\.config\.json/);
    await client.apply(mine, { fieldManager: "someone", force: true });
    await client.mergePatch({ ...configKey, data: { extra: "kept" } }, "someone");
    const changes = await reapplyPackagedManifests(client);
    expect(changes.map(({ action, object }) => `${action} ${object.metadata?.name ?? ""}`)).to.deep.equal([
      "reverted local-path-config",
    ]);
    expect((await client.get(configKey))?.data).to.deep.equal({ ...original, extra: "kept" });
    await client.mergePatch({ ...configKey, data: { extra: null } });
  });

  it("puts back a class that is not the default any more, a patched HelmChart and a Deployment's image at a restart", async () => {
    const deploymentKey = keyIn("apps/v1", "Deployment", "local-path-provisioner");
    const before = await Promise.all([classKey, chartKey, deploymentKey].map((key) => client.get(key)));
    const annotations = { "storageclass.kubernetes.io/is-default-class": "false" };
    await client.mergePatch({ ...classKey, metadata: { ...classKey.metadata, annotations } });
    await client.mergePatch({ ...chartKey, spec: { valuesContent: "additionalArguments: [--log.level=DEBUG]" } });
    const resources = { requests: { memory: "16Mi" } };
    const containers = [{ name: "local-path-provisioner", image: "example.com/other:1", resources }];
    await client.strategicMergePatch({ ...deploymentKey, spec: { template: { spec: { containers } } } });

    await reapplyPackagedManifests(client);
    const [storageClass, chart, deployment] = await Promise.all(
      [classKey, chartKey, deploymentKey].map((key) => client.get(key)),
    );
    expect(storageClass?.metadata?.annotations).to.deep.equal(before[0]?.metadata?.annotations);
    expect(chart?.spec).to.deep.equal(before[1]?.spec);
    const { template } = deployment?.spec as { template: { spec: { containers: object[] } } };
    expect(template.spec.containers).to.have.length(1);
    expect(template.spec.containers[0], "what others added stays").to.deep.include({
      image: "rancher/local-path-provisioner:v0.0.35",
      resources,
    });
    const { template: original } = before[2]?.spec as { template: object };
    await client.mergePatch({ ...deploymentKey, spec: { template: original } });
  });

  it("keeps a HelmChartConfig over a restart: it is not in K3s's manifests", async () => {
    const config = {
      apiVersion: "helm.cattle.io/v1",
      kind: "HelmChartConfig",
      metadata: { name: "packaged-test", namespace },
    };
    await client.create({ ...config, spec: { valuesContent: "a: 1" } });
    await reapplyPackagedManifests(client);
    expect((await client.get(config))?.spec).to.include({ valuesContent: "a: 1" });
  });

  it("drops ConfigMap, class and Addon of a component that it is started without, and its node says so", async () => {
    const addonKey = keyIn("k3s.cattle.io/v1", "Addon", "local-storage");
    try {
      const changes = await applyPackagedComponents(client, { disable: ["local-storage"] });
      expect(changes.map(({ action }) => action)).to.deep.equal(changes.map(() => "deleted"));
      for (const key of [configKey, classKey, addonKey]) expect(await client.get(key), key.kind).to.equal(undefined);
      expect((await nodeArgs()).slice(-2)).to.deep.equal(["--disable", "local-storage"]);
    } finally {
      await applyPackagedComponents(client);
    }
    for (const key of [configKey, classKey, addonKey]) expect(await client.get(key), key.kind).not.to.equal(undefined);
    expect(await nodeArgs()).not.to.include("--disable");
  });

  it("does not tell in the HelmChart that Helm fails: its Job's pod does, and starts again", async () => {
    const before = await client.get(chartKey);
    await client.mergePatch({ ...chartKey, spec: { valuesContent: "logs: {}" } });
    try {
      await until(async () => {
        const labelSelector = "helmcharts.helm.cattle.io/chart=traefik";
        const pods = await client.list("v1", "Pod", { namespace: "kube-system", labelSelector });
        return pods.some((pod) => JSON.stringify(pod.status).includes("CrashLoopBackOff"));
      }, "a crashing pod");
      const { conditions } = (await client.get(chartKey))?.status as { conditions: { type: string; status: string }[] };
      expect(conditions.find(({ type }) => type === "Failed")?.status).to.equal("False");
    } finally {
      await client.mergePatch({ ...chartKey, spec: before?.spec ?? {} });
    }
    await until(
      async () => Number((await status("batch/v1", "Job", "helm-install-traefik", "kube-system")).succeeded) === 1,
      "a Job that succeeds",
    );
  });

  it("cannot provision while a script is missing, be it the one that deletes, says so, and recovers at a K3s restart", async () => {
    await client.mergePatch({ ...configKey, data: { teardown: null } });
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
    loadBalancer?: { ingress?: { ip: string; ipMode?: string }[] };
  }

  function managersOf(object: AnyObject | undefined): string[] {
    const managers = object?.metadata?.managedFields?.map(({ manager = "" }) => manager);
    return [...new Set(managers)].sort();
  }

  async function nodeArgs(): Promise<string[]> {
    const node = await client.get({ apiVersion: "v1", kind: "Node", metadata: { name: "k3s-server-0" } });
    return JSON.parse(node?.metadata?.annotations?.["k3s.io/node-args"] ?? "[]") as string[];
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
