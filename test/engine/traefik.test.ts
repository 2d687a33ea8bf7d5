import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { execa } from "execa";
import { helmChartConfig, traefikArguments } from "../../components/traefik/manifests.ts";
import { ClusterClient, loadKubeConfig } from "../../kube/client.ts";
import type { AnyObject } from "../../kube/client.ts";
import { applyPackagedComponents } from "../../lab/k3s/packaged-components/apply.ts";
import { componentStack } from "./component-stack.ts";
import type { ScratchStack } from "./scratch-stack.ts";

const namespace = "traefik-test";
const configKey = {
  apiVersion: "helm.cattle.io/v1",
  kind: "HelmChartConfig",
  metadata: { name: "traefik", namespace: "kube-system" },
};
const customKinds = ["TLSStore", "IngressRoute", "IngressRouteTCP", "Middleware", "ServersTransport"];

const env = (mode: "k3s" | "own", changes: object = {}) => ({
  ARGS: JSON.stringify({
    mode,
    configure: true,
    failurePolicy: "abort",
    namespace,
    chart: { chart: fileURLToPath(new URL("../../lab/charts/traefik", import.meta.url)), version: "41.5.0" },
    registry: {},
    publicIPs: [],
    cluster: {},
    timeoutSeconds: 60,
    ...changes,
  }),
});

describe("Traefik on the lab", function () {
  this.timeout(240_000);
  let client: ClusterClient;
  let stack: ScratchStack;
  // What the lab's own stack has made; it is put back in the end.
  let platform: AnyObject[] = [];

  before(async () => {
    client = new ClusterClient(loadKubeConfig());
    const config = await client.get(configKey);
    const custom = await Promise.all(customKinds.map((kind) => client.list("traefik.io/v1alpha1", kind)));
    // What somebody controls comes back by itself, or goes with its owner: of an earlier test, and its namespace, perhaps.
    const lasting = custom.flat().filter(({ metadata }) => metadata?.ownerReferences === undefined);
    platform = [...(config ? [config] : []), ...lasting];
    await client.delete(configKey);
  });

  after(async () => {
    await client.delete(configKey);
    await applyPackagedComponents(client, { disable: ["traefik"] });
    await applyPackagedComponents(client);
    for (const { metadata, ...object } of platform) {
      const { name, namespace: where, labels, annotations, managedFields } = metadata ?? {};
      const plain = { ...object, metadata: { name, namespace: where, labels, annotations } } as AnyObject;
      await client.create(plain, { fieldManager: managedFields?.[0]?.manager ?? "test" });
    }
    await client.config.close();
  });

  beforeEach(async () => (stack = await componentStack("traefik/traefik.ts", "Traefik", "traefik")));
  afterEach(() => stack.remove());

  describe("of K3s", () => {
    it("serves with our arguments when up ends, and without them some time after destroy", async () => {
      await stack.up(env("k3s"));
      expect(await argumentsOf("kube-system")).to.include.members([...traefikArguments]);
      expect(JSON.parse(await stack.output("report"))).to.deep.include({ version: "v3" });
      await stack.run(["preview", "--expect-no-changes"], env("k3s"));
      await stack.run(["destroy", "--yes", "--skip-preview"], env("k3s"));
      await until(async () => !(await argumentsOf("kube-system")).includes(traefikArguments[0]), "arguments gone");
    });

    it("is left to the HelmChartConfig that somebody else wrote: up fails with the writer's name, and changes nothing", async () => {
      const foreign = { ...configKey, spec: { valuesContent: "additionalArguments: []\n", failurePolicy: "abort" } };
      await client.create(foreign, { fieldManager: "deploy@k3s-server-0" });
      try {
        const all = await refused(env("k3s"));
        expect(all).to.match(
          /HelmChartConfig kube-system\/traefik exists and is not ours \(deploy@k3s-server-0 wrote it\)/,
        );
        expect((await client.get(configKey))?.spec).to.deep.equal(foreign.spec);
        await stack.up(env("k3s", { configure: false }));
      } finally {
        await client.delete(configKey);
      }
    });

    it("is not given a failure policy that its Helm controller does not know", async () => {
      expect(await refused(env("k3s", { failurePolicy: "retry" }))).to.match(/does not know the failure policy retry/);
    });

    it("tells that its Helm job fails, which K3s's HelmChart does not, instead of passing for done", async () => {
      const config = helmChartConfig("abort");
      await client.create({ ...config, spec: { ...config.spec, valuesContent: "logs: {}\n" } });
      try {
        // The API server takes the HelmChartConfig, so only the wait for the rollout can notice.
        const script = { namespace: "kube-system", arguments: [...traefikArguments], timeoutSeconds: 5 };
        const { exitCode, stderr } = await execa("node", ["commands/traefik-rollout.ts"], {
          env: { INPUT: JSON.stringify(script) },
          reject: false,
        });
        expect(exitCode).to.equal(1);
        expect(stderr).to.match(
          /the Job kube-system\/helm-install-traefik, which brings them, fails \(exit code 1, \d+ restarts\)\. See why: kubectl logs/,
        );
      } finally {
        await client.delete(configKey);
      }
    });
  });

  describe("of our own", () => {
    it("is refused beside K3s's, with what to do, and nothing is made", async () => {
      const all = await refused(env("own"));
      expect(all).to.match(/K3s runs its own Traefik \(HelmChart kube-system\/traefik, .*--disable=traefik/);
      expect(await client.get({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } })).to.equal(
        undefined,
      );
    });

    it("is installed on a K3s without: CRDs, arguments, the nodes' addresses; clean preview; destroy leaves the CRDs", async () => {
      await applyPackagedComponents(client, { disable: ["traefik"] });
      await stack.up(env("own"));
      expect(await argumentsOf(namespace)).to.include.members([...traefikArguments]);
      await stack.run(["refresh", "--yes"], env("own"));
      await stack.run(["preview", "--expect-no-changes"], env("own"));
      await stack.up(env("own"));
      const nodes = await client.list("v1", "Node");
      expect(JSON.parse(await stack.output("addresses"))).to.have.lengthOf(nodes.length);
      expect(JSON.parse(await stack.output("report"))).to.deep.include({ version: "v3" });
      expect(await client.list("traefik.io/v1alpha1", "TLSStore")).to.deep.equal([]);

      await stack.run(["destroy", "--yes", "--skip-preview"], env("own"));
      expect(await client.get({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } })).to.equal(
        undefined,
      );
      const crds = await client.list("apiextensions.k8s.io/v1", "CustomResourceDefinition");
      expect(crds.map(({ metadata }) => metadata?.name)).to.include("ingressroutes.traefik.io");
    });
  });

  async function refused(variables: Record<string, string>): Promise<string> {
    const { exitCode, all } = await stack.pulumi(["up", "--yes", "--skip-preview"], variables);
    expect(exitCode).not.to.equal(0);
    expect(all).not.to.contain("    at ");
    return all;
  }

  async function argumentsOf(where: string): Promise<string[]> {
    const deployment = await client.get({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "traefik", namespace: where },
    });
    const spec = deployment?.spec as { template: { spec: { containers: { args: string[] }[] } } } | undefined;
    return spec?.template.spec.containers.flatMap(({ args }) => args) ?? [];
  }

  async function until(isSo: () => Promise<boolean>, what: string): Promise<void> {
    const deadline = Date.now() + 30_000;
    while (!(await isSo())) {
      if (Date.now() > deadline) throw new Error(`not within 30 s: ${what}`);
      await sleep(100);
    }
  }
});
