import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect } from "chai";
import { execa } from "execa";
import type { ChartSource } from "../../components/helm/chart-source.ts";
import { ClusterClient, loadKubeConfig } from "../../kube/client.ts";
import { loadConfig } from "../../stacks/config.ts";
import { ScratchStack } from "./scratch-stack.ts";
import { signIn, siteRegistry } from "./site-registry.ts";
import type { SiteRegistry } from "./site-registry.ts";

const checkout = fileURLToPath(new URL("../..", import.meta.url));
const componentFile = (file: string) => JSON.stringify(pathToFileURL(join(checkout, "components", file)).href);
const version = "41.5.0";
const namespace = `air-gapped-${process.pid}`;
const crdName = "airgaps.traefik.io";

/** A chart as small as it can be: one object, and a CRD of Traefik's group. */
const chartFiles: Record<string, string> = {
  "Chart.yaml": `apiVersion: v2\nname: traefik\nversion: ${version}\n`,
  "values.yaml": "{}\n",
  "templates/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: from-the-site\n",
  "crds/airgaps.yaml": `---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: ${crdName} }
spec:
  group: traefik.io
  scope: Cluster
  names: { kind: Airgap, listKind: AirgapList, plural: airgaps, singular: airgap }
  versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }]
`,
};

/** What the program does with a chart: CRDs of Traefik's first, then the release. */
const program = `
import * as k8s from "@pulumi/kubernetes";
import { chartCrds } from ${componentFile("traefik/crds.ts")};
import { chartRelease } from ${componentFile("helm/release.ts")};
const provider = new k8s.Provider("cluster", { clusterIdentifier: "test" });
const chart = JSON.parse(process.env.CHART);
const crds = chartCrds("traefik", chart, { provider });
chartRelease(
  "release",
  { release: "site", namespace: ${JSON.stringify(namespace)}, chart, values: {}, timeoutSeconds: 60 },
  { provider, dependsOn: crds },
);
`;

describe("charts of a site without the internet, from a server with a sign-in and an authority of its own", function () {
  this.timeout(180_000);
  let folder: string;
  let site: SiteRegistry;
  let stack: ScratchStack;
  let client: ClusterClient;
  let helmFiles: Record<string, string>;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "site-"));
    for (const [file, text] of Object.entries(chartFiles)) {
      mkdirSync(dirname(join(folder, "traefik", file)), { recursive: true });
      writeFileSync(join(folder, "traefik", file), text);
    }
    await execa("helm", ["package", join(folder, "traefik"), "--destination", folder]);
    site = await siteRegistry({
      name: "traefik",
      version,
      archive: readFileSync(join(folder, `traefik-${version}.tgz`)),
    });
    writeFileSync(join(folder, "ca.pem"), site.authority);
    helmFiles = { HELM_CONFIG_HOME: join(folder, "config"), HELM_CACHE_HOME: join(folder, "cache") };
    client = new ClusterClient(loadKubeConfig());
    await client.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  });
  after(async () => {
    await client.delete({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    await client.config.close();
    await site.close();
    rmSync(folder, { recursive: true });
  });
  beforeEach(async () => (stack = await ScratchStack.make(program)));
  afterEach(async () => {
    await client.delete({
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: crdName },
    });
    stack.remove();
  });

  /** The chart of a config, as the program gets it. */
  const configured = (chart: object): ChartSource => {
    const traefik = { mode: "own", chart };
    const config = {
      "kasm-vdi:domain": "example.com",
      "kasm-vdi:nodeCount": 1,
      "kasm-vdi:gpuCount": 0,
      "kasm-vdi:traefik": traefik,
    };
    return loadConfig(config, "Pulumi.site.yaml").traefik.chart;
  };
  /** As docs/air-gapped.md says it: the password never is an argument. */
  const helm = (...args: string[]) => execa("helm", args, { env: helmFiles, input: signIn.password });
  const environment = (chart: ChartSource, more: Record<string, string> = {}) => ({
    ...helmFiles,
    CHART: JSON.stringify(chart),
    ...more,
  });

  async function installs(env: Record<string, string>): Promise<void> {
    await stack.up(env);
    const config = await client.get({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "from-the-site", namespace },
    });
    expect(config, "the chart's object").not.to.equal(undefined);
    const crd = {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: crdName },
    };
    expect(await client.get(crd), "the chart's CRD").not.to.equal(undefined);
    expect(stack.state()).to.contain("from-the-site").and.not.contain(signIn.password);
    await stack.run(["destroy", "--yes", "--skip-preview"], env);
  }

  it("come by the name of a repository that helm repo add has set up", async () => {
    const chart = configured({ repoName: "site" });
    const ca = ["--ca-file", join(folder, "ca.pem")];
    await helm(
      "repo",
      "add",
      "site",
      `https://${site.host}/charts`,
      "--username",
      signIn.user,
      "--password-stdin",
      ...ca,
    );
    await installs(environment(chart));
    expect(site.served).to.include(`/charts/traefik-${version}.tgz`);
  });

  it("come by OCI after helm registry login, with the authority in SSL_CERT_FILE", async () => {
    const chart = configured({ oci: `oci://${site.host}/charts/traefik` });
    const ca = ["--ca-file", join(folder, "ca.pem")];
    await helm("registry", "login", site.host, "--username", signIn.user, "--password-stdin", ...ca);
    await installs(environment(chart, { SSL_CERT_FILE: join(folder, "ca.pem") }));
    expect(site.served).to.include(`/v2/charts/traefik/manifests/${version}`);
  });

  it("are refused without the sign-in, and without the authority, before anything is made", async () => {
    const chart = configured({ oci: `oci://${site.host}/charts/traefik` });
    const nobody = { HELM_CONFIG_HOME: join(folder, "nobody") };
    const unsigned = await stack.pulumi(
      ["preview"],
      environment(chart, { ...nobody, SSL_CERT_FILE: join(folder, "ca.pem") }),
    );
    expect(unsigned.exitCode).not.to.equal(0);
    expect(unsigned.all).to.match(/401|unauthorized|basic credential not found/i);
    const untrusted = await stack.pulumi(["preview"], environment(chart));
    expect(untrusted.exitCode).not.to.equal(0);
    expect(untrusted.all).to.contain("certificate signed by unknown authority");
  });
});
