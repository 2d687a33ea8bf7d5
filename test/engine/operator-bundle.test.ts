import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { ClusterClient, loadKubeConfig } from "../../kube/client.ts";
import { labLayout } from "../../lab/cluster/layout.ts";
import { prepareOperator } from "../../lab/operator/start.ts";
import { serviceAccountToken } from "../../lab/operator/service-account-token.ts";
import { labStackFile, readStackConfig } from "../../lab/platform/stack-config.ts";
import { buildBundle } from "../../operator/bundle/build.ts";
import { checkout } from "./lab-stack.ts";
import { freePort } from "./loopback-ports.ts";

const layout = labLayout(checkout);
const account = { namespace: "kasm-vdi-system", name: "kasm-operator" };

describe("the operator's bundle at a real API server", () => {
  const client = new ClusterClient(loadKubeConfig());
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "pod-"));
  });
  after(async () => {
    rmSync(folder, { recursive: true });
    await client.config.close();
  });

  const write = async (name: string, entry: string) => {
    const file = join(folder, name);
    writeFileSync(file, (await buildBundle(entry)).text);
    return file;
  };

  it("knows how to ask from a pod: by the mounted token, and by no other authority than the cluster's", async () => {
    const cluster = client.config.getCurrentCluster();
    const { port } = new URL(cluster?.server ?? "");
    const mounted = join(folder, "var", "run", "secrets", "kubernetes.io", "serviceaccount");
    mkdirSync(mounted, { recursive: true });
    writeFileSync(join(mounted, "ca.crt"), Buffer.from(cluster?.caData ?? "", "base64"));
    writeFileSync(join(mounted, "token"), await serviceAccountToken(client, account, { seconds: 600 }));
    const file = await write("in-cluster.mjs", "test/engine/in-cluster.ts");
    const { stdout } = await execa(process.execPath, [file, `${folder}/`], {
      env: { KUBERNETES_SERVICE_HOST: "127.0.0.1", KUBERNETES_SERVICE_PORT: port },
      extendEnv: false,
    });
    expect(stdout).to.match(/^[1-9]\d* nodes$/);
  });

  it("is the whole operator: it becomes ready, reports its metrics, and ends when it is told to", async () => {
    const file = await write("kasm-operator.mjs", "operator/main.ts");
    const [health, metrics] = await Promise.all([freePort(), freePort()]);
    const variables = await prepareOperator(layout, await readStackConfig(labStackFile(checkout)), client);
    const operator = execa(process.execPath, [file], {
      env: {
        ...variables,
        ...{
          KUBECONFIG: join(layout.kubeconfigs, "operator"),
          POD_NAME: "bundle-test",
          VDI_LISTEN_ADDRESS: "127.0.0.1",
        },
        ...{ VDI_HEALTH_PORT: `${health}`, VDI_METRICS_PORT: `${metrics}` },
      },
      ...{ cwd: folder, extendEnv: false, reject: false, all: true },
    });
    try {
      await until(async () => (await fetch(`http://127.0.0.1:${health}/readyz`)).ok);
      expect(await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text()).to.contain(
        'vdi_sessions{phase="Running"}',
      );
    } finally {
      operator.kill("SIGTERM");
    }
    const { exitCode, all } = await operator;
    expect(exitCode, all).to.equal(0);
  });
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await isSo().catch(() => false))) {
    if (Date.now() > deadline) throw new Error("the operator is not ready after 60 s");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
