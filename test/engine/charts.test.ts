import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { execa } from "execa";
import { parseAllDocuments, stringify } from "yaml";
import { gpuOperatorValues } from "../../components/gpu-operator/values.ts";
import { demandOf, none, plus, podDemand, times } from "../../components/capacity/demand.ts";
import { kasmDemand } from "../../components/kasm-workspaces/demand.ts";
import type { KasmSizing } from "../../components/kasm-workspaces/sizing.ts";
import { kasmValues } from "../../components/kasm-workspaces/values.ts";
import { traefikArguments, traefikPods, traefikValues } from "../../components/traefik/manifests.ts";
import { type AnyObject, ClusterClient, loadKubeConfig } from "../../kube/client.ts";

const chartPath = (name: string) => fileURLToPath(new URL(`../../lab/charts/${name}`, import.meta.url));

/** The pod templates of a release and what the tests ask of them. */
interface PodSpec {
  initContainers?: { name: string; args: string[]; resources?: Resources }[];
  containers: { name: string; image: string; env?: { name: string; valueFrom?: object }[]; resources: Resources }[];
}
interface Resources {
  requests: { cpu: string; memory: string };
}

const requested = ({ resources }: { resources?: Resources }) =>
  resources ? demandOf(resources.requests.cpu, resources.requests.memory) : none;

describe("the stand-in charts", () => {
  let folder: string;
  let files = 0;
  before(async () => (folder = await mkdtemp(join(tmpdir(), "charts-"))));
  after(() => rm(folder, { recursive: true }));

  /** Runs helm with values given as an object. */
  const helm = async (args: string[], values: object = {}) => {
    const file = join(folder, `${files++}.yaml`);
    await writeFile(file, stringify(values));
    return execa("helm", [...args, "--values", file], { reject: false });
  };
  const render = async (chart: string, values: object, release = "kasm"): Promise<AnyObject[]> => {
    const { exitCode, stdout, stderr } = await helm(["template", release, chartPath(chart), "-n", "charts"], values);
    expect(exitCode, stderr).to.equal(0);
    const objects: (AnyObject | null)[] = [...parseAllDocuments(stdout)].map(
      (document) => document.toJS() as AnyObject,
    );
    return objects.filter((object) => object !== null);
  };
  const refusal = async (chart: string, values: object) =>
    (await helm(["template", "kasm", chartPath(chart)], values)).stderr;

  describe("kasm-helm", () => {
    const program = (sizing: KasmSizing = { deploymentSize: "small", replicas: 2, isCompact: false }) =>
      kasmValues({
        domain: "desktops.example.com",
        chart: { chart: "kasm-helm", version: "1.1190.6" },
        database: "initialize",
        sizing,
        nginxResolver: "10.43.0.10",
        storageClassName: "local-path",
        certificate: { kind: "secret", secretName: "tls" },
      });
    const named = (objects: AnyObject[], kind: string, name: string) =>
      objects.find((object) => object.kind === kind && object.metadata?.name === name);
    const podOf = (object: AnyObject | undefined) =>
      (object?.["spec"] as { template: { spec: PodSpec } } | undefined)?.template.spec;
    const waits = (object: AnyObject | undefined) => podOf(object)?.initContainers?.map(({ name }) => name);

    it("says that it is a stand-in, under the real chart's name and version", async () => {
      const { stdout } = await execa("helm", ["show", "chart", chartPath("kasm-helm")]);
      for (const line of ["name: kasm-helm", "version: 1.1190.6", "appVersion: 1.19.0", 'kasm-vdi/stand-in: "true"'])
        expect(stdout).to.contain(line);
    });

    it("starts in the real order: database, db-init, api, manager, proxy, gateways", async () => {
      const objects = await render("kasm-helm", program());
      expect(waits(named(objects, "StatefulSet", "kasm-db-1-19-0"))).to.equal(undefined);
      expect(waits(named(objects, "Job", "kasm-db-init"))).to.deep.equal(["db-is-ready"]);
      expect(waits(named(objects, "Deployment", "kasm-api-default"))).to.deep.equal(["db-is-ready"]);
      expect(waits(named(objects, "Deployment", "kasm-manager-default"))).to.deep.equal([
        "db-is-ready",
        "kasm-api-is-ready",
      ]);
      expect(waits(named(objects, "Deployment", "kasm-proxy-default"))).to.deep.equal([
        "kasm-api-is-ready",
        "kasm-manager-is-ready",
      ]);
      for (const [kind, gateway] of [
        ["StatefulSet", "guac"],
        ["Deployment", "rdp-gateway"],
        ["StatefulSet", "rdp-https-gateway"],
      ] as const) {
        const [wait] = podOf(named(objects, kind, `kasm-${gateway}-default`))?.initContainers ?? [];
        expect(wait?.args[0]).to.contain("kasm-proxy-default:8080/api/__healthcheck");
      }
    });

    it("takes what the program sets: replicas, tags, resolver, volume retention, Ingress", async () => {
      const objects = await render("kasm-helm", program());
      expect(named(objects, "Deployment", "kasm-proxy-default")?.["spec"]).to.include({ replicas: 2 });
      expect(podOf(named(objects, "Deployment", "kasm-api-default"))?.containers[0]?.image).to.match(/:1\.19\.0$/);
      expect(named(objects, "ConfigMap", "kasm-nginx-shared")?.["data"]).to.deep.include({
        "resolver.conf": "resolver 10.43.0.10;",
      });
      expect(named(objects, "StatefulSet", "kasm-db-1-19-0")?.["spec"]).to.deep.include({
        persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
      });
      expect(named(objects, "Ingress", "kasm-proxy")?.["spec"]).to.include({ ingressClassName: "traefik" });
      expect(
        objects.some(({ kind }) => kind === "Secret"),
        "a Secret beside the program's own",
      ).to.equal(false);
    });

    it("deletes the database with its StatefulSet unless told otherwise", async () => {
      const database = named(await render("kasm-helm", {}), "StatefulSet", "kasm-db-1-19-0");
      expect(database?.["spec"]).to.deep.include({
        persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete", whenScaled: "Retain" },
      });
    });

    const sizings: Record<string, KasmSizing> = {
      small: { deploymentSize: "small", replicas: 2, isCompact: false },
      medium: { deploymentSize: "medium", replicas: 2, isCompact: false },
      large: { deploymentSize: "large", replicas: 3, isCompact: false },
      compact: { deploymentSize: "small", replicas: 1, isCompact: true },
    };
    for (const [name, sizing] of Object.entries(sizings))
      it(`asks of the scheduler in size ${name} what the program reckons, init containers included`, async () => {
        const objects = await render("kasm-helm", program(sizing));
        const lasting = objects.filter(({ kind }) => kind === "Deployment" || kind === "StatefulSet");
        const demands = lasting.map((workload) => {
          const { replicas = 1 } = (workload["spec"] ?? {}) as { replicas?: number };
          const { containers = [], initContainers = [] } = podOf(workload) ?? {};
          return times(podDemand(containers.map(requested), initContainers.map(requested)), replicas);
        });
        expect(demands.reduce(plus, none)).to.deep.equal(kasmDemand(sizing));
      });

    it("reads the database password from <release>-secrets, whatever kasmSecrets.name says", async () => {
      const objects = await render("kasm-helm", { kasmSecrets: { create: false, name: "elsewhere" } }, "other");
      const environment = podOf(named(objects, "Deployment", "other-api-default"))?.containers[0]?.env;
      expect(environment?.find(({ name }) => name === "POSTGRES_PASSWORD")?.valueFrom).to.deep.equal({
        secretKeyRef: { name: "other-secrets", key: "db-password" },
      });
    });

    it("exposes itself as a LoadBalancer on port 443 by default", async () => {
      const service = named(await render("kasm-helm", {}), "Service", "kasm-proxy-ext-default");
      expect(service?.["spec"]).to.include({ type: "LoadBalancer" });
    });

    it("falls back to 127.0.0.11 for nginx when it is rendered away from the cluster", async () => {
      const config = named(await render("kasm-helm", {}), "ConfigMap", "kasm-nginx-shared");
      expect(config?.["data"]).to.deep.include({ "resolver.conf": "resolver 127.0.0.11;" });
    });

    it("finds the cluster's DNS server for nginx by lookup when it is installed by helm", async () => {
      const client = new ClusterClient(loadKubeConfig());
      const metadata = { name: "kube-dns", namespace: "kube-system" };
      const kubeDns = await client.get({ apiVersion: "v1", kind: "Service", metadata });
      await client.config.close();
      const { clusterIP } = kubeDns?.["spec"] as { clusterIP: string };
      const { stdout } = await helm(["install", "kasm", chartPath("kasm-helm"), "--dry-run=server"]);
      expect(stdout).to.contain(`resolver ${clusterIP};`);
    });

    const refusals: [string, object, RegExp][] = [
      [
        "initialize together with upgrade",
        { dbManagement: { upgrade: { enable: true } } },
        /both initialize and upgrade/,
      ],
      ["an Ingress beside a LoadBalancer", { ingress: { enabled: true } }, /must not be LoadBalancer/],
      ["no Secret and no name of one", { kasmSecrets: { create: false } }, /kasmSecrets\.name is required/],
      [
        "the next chart line's connectionProxy",
        { components: { connectionProxy: {} } },
        /connectionProxy' not allowed/,
      ],
      ["storage.size, which the manual shows", { database: { storage: { size: "8Gi" } } }, /'size' not allowed/],
      ["no image tag at all", { useImageTags: "" }, /Image tag not set/],
    ];
    for (const [what, values, message] of refusals)
      it(`refuses ${what}`, async () => expect(await refusal("kasm-helm", values)).to.match(message));

    it("comes up under Pod Security `restricted`, keeps data on uninstall, and trips over its init Job on a quick upgrade", async function () {
      this.timeout(120_000);
      const namespace = `charts-kasm-${process.pid}`;
      const client = new ClusterClient(loadKubeConfig());
      const release = (command: string[], values?: object) =>
        helm([...command, "kasm", chartPath("kasm-helm"), "-n", namespace], values);
      try {
        await client.apply(
          {
            apiVersion: "v1",
            kind: "Namespace",
            metadata: { name: namespace, labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
          },
          { fieldManager: "charts-test" },
        );
        await client.create({
          apiVersion: "v1",
          kind: "Secret",
          metadata: { name: "tls", namespace },
          stringData: { "tls.crt": "no simulated pod reads it", "tls.key": "" },
        });
        // the chart's own Secret this time, a hook that outlives the release
        const values = {
          ...program({ deploymentSize: "small", replicas: 2, isCompact: true }),
          kasmSecrets: { create: true },
        };
        const installed = await release(["install", "--wait", "--wait-for-jobs", "--timeout", "90s"], values);
        expect(installed.exitCode, installed.stderr).to.equal(0);
        expect(installed.stdout).to.contain("STAND-IN");

        const upgraded = await release(["upgrade"], { ...values, useImageTags: "1.19.0-rolling" });
        expect(upgraded.stderr).to.match(/kasm-db-init.*field is immutable/s);

        await execa("helm", ["uninstall", "kasm", "-n", namespace, "--wait"]);
        const names = async (kind: string) =>
          (await client.list("v1", kind, { namespace })).map(({ metadata }) => metadata?.name);
        expect(await names("PersistentVolumeClaim")).to.include("kasm-database-1-19-0-kasm-db-1-19-0-0");
        expect(await names("Secret")).to.include("kasm-secrets");
      } finally {
        await client.delete({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
        await client.config.close();
      }
    });
  });

  describe("traefik", () => {
    it("takes what the program sets: arguments, Service, IngressClass, mirrored image", async () => {
      const values = traefikValues({ mirror: "registry.example.com/mirror", pullSecretName: "pull" });
      const objects = await render("traefik", values, "traefik");
      const deployment = objects.find(({ kind }) => kind === "Deployment");
      const { template } = deployment?.["spec"] as { template: { metadata: { labels: object }; spec: PodSpec } };
      expect(deployment?.metadata?.name).to.equal("traefik");
      expect(template.metadata.labels).to.include(traefikPods("charts"));
      const [container] = template.spec.containers as unknown as [{ image: string; args: string[] }];
      expect(container.image).to.equal("registry.example.com/mirror/library/traefik:v3.7.13");
      expect(container.args).to.include.members([...traefikArguments, "--api.dashboard=false"]);
      expect(objects.find(({ kind }) => kind === "Service")?.["spec"]).to.include({ type: "LoadBalancer" });
      expect(objects.find(({ kind }) => kind === "IngressClass")?.metadata?.name).to.equal("traefik");
    });

    it("refuses a key that the real chart does not have either, `logs` since 41 for one", async () => {
      expect(await refusal("traefik", { logs: {} })).to.match(/additional properties 'logs' not allowed/);
    });
  });

  describe("gpu-operator", () => {
    const policy = async (values: object) => {
      const found = (await render("gpu-operator", values)).find(({ kind }) => kind === "ClusterPolicy");
      return found?.["spec"] as Record<string, Record<string, unknown>>;
    };
    const program = gpuOperatorValues({
      driver: "host",
      pools: [{ name: "gpu", count: 2, gpusPerNode: 2, replicasPerGpu: 8, labels: {} }],
    });

    it("renders into the ClusterPolicy what the program sets", async () => {
      const { driver, mig, toolkit, devicePlugin, dcgmExporter } = await policy(program);
      expect(driver).to.deep.include({ enabled: false });
      expect(driver?.["upgradePolicy"]).to.include({ autoUpgrade: false });
      expect(mig).to.deep.equal({ strategy: "none" });
      expect(toolkit?.["env"]).to.deep.equal(program.toolkit.env);
      const { name, default: defaultKey } = program.devicePlugin.config;
      expect(devicePlugin?.["config"]).to.deep.equal({ name, default: defaultKey });
      expect(dcgmExporter?.["serviceMonitor"]).to.include({ enabled: false });
    });

    it("leaves the device plugin's config out without a name", async () => {
      expect((await policy({}))["devicePlugin"]).not.to.have.property("config");
    });

    it("has the real chart's hooks: CRDs before an upgrade, clean-up before and after a removal", async () => {
      const jobs = (await render("gpu-operator", {}, "gpu-operator")).filter(({ kind }) => kind === "Job");
      const hooks = jobs.map(({ metadata }) => [metadata?.name, metadata?.annotations?.["helm.sh/hook"]]);
      expect(Object.fromEntries(hooks)).to.deep.equal({
        "gpu-operator-upgrade-crd": "pre-upgrade",
        "gpu-operator-cleanup-gpucluster": "pre-delete",
        "gpu-operator-node-feature-discovery-prune": "post-delete",
      });
    });

    it("ignores an unknown key without a word, as the real chart does", async () => {
      const { exitCode } = await helm(["template", "g", chartPath("gpu-operator")], {
        operator: { defaultRuntime: "x" },
        no: 1,
      });
      expect(exitCode).to.equal(0);
    });

    for (const missing of ["name", "data"])
      it(`refuses to create a device-plugin config without ${missing}`, async () => {
        const config = { create: true, name: "sharing", data: { any: "version: v1" }, [missing]: undefined };
        expect(await refusal("gpu-operator", { devicePlugin: { config } })).to.contain(
          `devicePlugin.config.${missing} cannot be empty`,
        );
      });
  });
});
