import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import type { PreflightReport } from "../../analyzers/preflight/verdict.ts";
import { ClusterClient, loadKubeConfig } from "../../kube/client.ts";
import type { AnyObject } from "../../kube/client.ts";
import { runPreflight, stackPreflightInput, toldFailures } from "./stack-preflight.ts";
import type { PreflightInput } from "./stack-preflight.ts";

const namespace = "preflight-test";

describe("preflight on the lab", function () {
  this.timeout(60_000);
  const client = new ClusterClient(loadKubeConfig());
  const lab = stackPreflightInput();
  const made: AnyObject[] = [];

  async function make(object: AnyObject): Promise<void> {
    made.push(object);
    await client.create(object);
  }

  before(() => client.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } }));

  afterEach(async () => {
    for (const { apiVersion = "", kind = "", metadata } of made.splice(0))
      await client.delete({ apiVersion, kind, metadata: { ...metadata, name: metadata?.name ?? "" } });
  });

  after(async () => {
    await client.delete({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    await client.config.close();
  });

  const run = (input: Partial<PreflightInput> & { mode?: "warn" }, env: Record<string, string> = {}) =>
    runPreflight({ mode: "enforce", ...lab, ...input }, env);

  /** The failures' lines of a run that must fail. */
  async function failures(input: Partial<PreflightInput>): Promise<string[]> {
    const { exitCode, stdout, stderr } = await run(input);
    expect(exitCode, stderr).to.equal(1);
    expect(stdout).to.equal("");
    expect(stderr).to.include("To go on all the same, set kasm-vdi:preflight.mode to warn.");
    return toldFailures(stderr);
  }

  async function report(input: Partial<PreflightInput>, env?: Record<string, string>): Promise<PreflightReport> {
    const { exitCode, stdout, stderr } = await run({ ...input, mode: "warn" }, env);
    expect(exitCode, stderr).to.equal(0);
    return JSON.parse(stdout) as PreflightReport;
  }

  it("passes for the lab's own stack, and tells its warnings on stderr as well", async () => {
    const { exitCode, stdout, stderr } = await run({});
    expect(exitCode, stderr).to.equal(0);
    const { passed, warnings, unknown } = JSON.parse(stdout) as PreflightReport;
    expect(passed).to.be.greaterThan(20);
    // Nobody makes records for the lab's domain; a machine without network cannot even tell.
    const others = [...warnings, ...unknown].filter((line) => !/desktops\.lab\.localhost|not on its PATH/.test(line));
    expect(others).to.deep.equal([]);
    for (const warning of warnings) expect(stderr).to.include(`warning: ${warning}`);
  });

  it("stops when there are fewer nodes than asked for", async () => {
    expect(await failures({ nodeCount: 20 })).to.deep.equal([
      `nodes: ${lab.nodeCount} of 20 can be used. Join the missing ones to the cluster and mend or uncordon the others, or lower kasm-vdi:nodeCount.`,
    ]);
  });

  it("waits for nodes that may still join, and says so", async () => {
    const { stderr, exitCode } = await run({ nodeCount: 20, timeoutSeconds: 5 });
    expect(exitCode).to.equal(1);
    expect(stderr)
      .to.match(/^waiting: Preflight: one requirement is not met\./)
      .and.to.include("Gave up after 5 s.");
  });

  it("names a node that is not Ready and cordoned", async () => {
    await make({
      apiVersion: "v1",
      kind: "Node",
      metadata: { name: "preflight-broken" },
      spec: { unschedulable: true },
      status: {
        conditions: [{ type: "Ready", status: "False", message: "container runtime is down" }],
        capacity: { cpu: "4", memory: "8Gi", "ephemeral-storage": "100Gi" },
        nodeInfo: { kubeletVersion: "v1.35.4+k3s1", architecture: "amd64" },
      },
    });
    const [failure = ""] = await failures({ nodeCount: lab.nodeCount + 1 });
    expect(failure).to.include(
      `nodes: ${lab.nodeCount} of ${lab.nodeCount + 1} can be used; not preflight-broken (not Ready: container runtime is down, cordoned).`,
    );
  });

  it("stops for a StorageClass and a resolver that are not there, with both in one message", async () => {
    const storage = { className: "fast", isOurs: false };
    expect(await failures({ storage, nginxResolver: "10.96.0.10" })).to.deep.equal([
      "StorageClass fast: it does not exist; there is local-path. Set kasm-vdi:storage.className to one that exists, or kasm-vdi:storage.mode to own.",
      "Service kube-system/kube-dns: its address is 10.43.0.10, Kasm's proxy would ask 10.96.0.10. Set kasm-vdi:kasm.nginxResolver to 10.43.0.10.",
    ]);
  });

  it("only tells of them in mode warn", async () => {
    const { warnings } = await report({ storage: { className: "fast", isOurs: false } });
    expect(warnings[0]).to.match(/^StorageClass fast: it does not exist/);
  });

  it("stops for cert-manager without its CRDs", async () => {
    const certificate = { kind: "cert-manager", issuerName: "acme", issuerKind: "ClusterIssuer" } as const;
    expect(await failures({ certificate })).to.deep.equal([
      "cert-manager: its CRD certificates.cert-manager.io does not exist, so nobody would make the certificate. " +
        "Install cert-manager, or set kasm-vdi:certificate to a Secret's name or to selfSigned.",
    ]);
  });

  it("stops for a TLS Secret that is not there", async () => {
    expect(await failures({ certificate: { kind: "secret", secretName: "site-tls" } })).to.deep.equal([
      "Secret kasm/site-tls: it does not exist, and Kasm's pods wait for it. Make it, or choose another by kasm-vdi:certificate.",
    ]);
  });

  it("names the LoadBalancer Service that holds a port of ours", async () => {
    await make({
      apiVersion: "v1",
      kind: "Service",
      metadata: { namespace, name: "web" },
      spec: { type: "LoadBalancer", ports: [{ port: 443 }] },
    });
    expect(await failures({})).to.deep.equal([
      `Service ${namespace}/web: it holds TCP 443, which Traefik needs on the nodes. Remove it, or give it another port.`,
    ]);
  });

  it("stops for a namespace that Pulumi did not make", async () => {
    const [failure = ""] = await failures({ namespaces: { ...lab.namespaces, vdi: namespace } });
    expect(failure).to.match(
      new RegExp(
        `^namespace ${namespace}: it exists and was not made by Pulumi\\. Delete it, choose another by kasm-vdi:namespaces\\.vdi`,
      ),
    );
  });

  it("names a device plugin and a default certificate that others have made, and a port that NetworkPolicies do not open", async () => {
    const labels = { app: "plugin" };
    const spec = { containers: [{ name: "plugin", image: "nvcr.io/nvidia/k8s-device-plugin:v0.17.1" }] };
    await make({
      apiVersion: "apps/v1",
      kind: "DaemonSet",
      metadata: { namespace, name: "nvidia-device-plugin-daemonset" },
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { ...spec, nodeSelector: { "preflight-test": "nowhere" } } },
      },
    });
    await make({
      apiVersion: "traefik.io/v1alpha1",
      kind: "TLSStore",
      metadata: { namespace, name: "default" },
      spec: { defaultCertificate: { secretName: "site-tls" } },
    });
    const found = await failures({ apiServerPort: 6443 });
    expect(found.map((line) => line.slice(0, line.indexOf(":")))).to.deep.equal([
      "API server",
      `DaemonSet ${namespace}/nvidia-device-plugin-daemonset`,
      `TLSStore ${namespace}/default`,
    ]);
    expect(found[0]).to.match(new RegExp(`Set kasm-vdi:apiServerPort to ${lab.apiServerPort}\\.$`));
    expect(found[2]).to.contain("the program makes TLSStore kasm/default");
  });

  it("says what a user without rights could not see, and passes none of it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "preflight-"));
    try {
      await make({ apiVersion: "v1", kind: "ServiceAccount", metadata: { namespace, name: "guest" } });
      const env = { KUBECONFIG: await kubeconfigOf("guest", folder) };
      const { warnings, unknown, passed } = await report({}, env);
      const user = `"system:serviceaccount:${namespace}:guest"`;
      expect(unknown).to.include(
        "not checked: K3s, version of K3s, port of the API server, network policies, addresses of LoadBalancers, number of nodes, taints of nodes, " +
          "size of nodes, architecture of nodes, labels of pools, nodes of the TURN server, GPUs of nodes, encoders of GPUs, " +
          `room for Kasm, room for a desktop, address of Traefik (nodes is forbidden: User ${user} cannot list resource "nodes" in API group "" at the cluster scope)`,
      );
      expect(warnings[0]).to.match(/^kubeconfig: its user may not create namespaces, secrets, deployments\.apps,/);
      expect(passed).to.be.lessThan(8);
      const refused = await run({}, env);
      expect(refused.exitCode).to.equal(1);
      expect(refused.stderr).to.include("kubeconfig: its user may not create namespaces");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  async function kubeconfigOf(account: string, folder: string): Promise<string> {
    const { stdout: token } = await execa("kubectl", ["create", "token", account, "--namespace", namespace]);
    const { stdout } = await execa("kubectl", ["config", "view", "--raw", "--minify", "--flatten", "--output", "json"]);
    const config = JSON.parse(stdout) as { users: { name: string; user: object }[] };
    const users = config.users.map(({ name }) => ({ name, user: { token } }));
    const file = join(folder, "kubeconfig");
    writeFileSync(file, JSON.stringify({ ...config, users }), { mode: 0o600 });
    return file;
  }
});
