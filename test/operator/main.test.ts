import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";

const main = join(import.meta.dirname, "..", "..", "operator", "main.ts");
const environment = {
  VDI_NAMESPACE: "kasm-vdi",
  VDI_DOMAIN: "vdi.example.com",
  POD_NAMESPACE: "kasm-vdi-system",
  POD_NAME: "operator-1",
  VDI_LISTEN_ADDRESS: "127.0.0.1",
  VDI_METRICS_PORT: "0",
  VDI_HEALTH_PORT: "0",
  VDI_ACCESS_PORT: "0",
};

/** Of a server that does not answer. */
const kubeconfig = `
apiVersion: v1
kind: Config
clusters: [{ name: a, cluster: { server: "https://127.0.0.1:1" } }]
contexts: [{ name: a, context: { cluster: a, user: a } }]
current-context: a
users: [{ name: a, user: {} }]
`;

describe("the gateway as a process", function () {
  this.timeout(20_000);
  const run = (env: Record<string, string>, ...args: string[]) =>
    execa(process.execPath, [main, ...args], { env, reject: false, timeout: 15_000 });

  it("ends at once, with one sentence, when its signing key cannot be read", async () => {
    const folder = mkdtempSync(join(tmpdir(), "kasm-vdi-test-"));
    const KUBECONFIG = join(folder, "kubeconfig");
    writeFileSync(KUBECONFIG, kubeconfig);
    const variables = { ...environment, KUBECONFIG, VDI_ACCESS_KEY_FILE: "/nowhere/key" };
    const { exitCode, stderr } = await run(variables, "gateway");
    rmSync(folder, { recursive: true });
    expect(exitCode).to.equal(1);
    expect(stderr).to.contain("/nowhere/key").and.to.contain("VDI_ACCESS_KEY_FILE");
    expect(stderr.trim().split("\n")).to.have.lengthOf(1);
  });

  it("ends at once, with one sentence, where there is no kubeconfig", async () => {
    const { exitCode, stderr } = await run({ ...environment, VDI_ACCESS_KEY_FILE: "/nowhere/key" }, "gateway");
    expect(exitCode).to.equal(1);
    expect(stderr).to.match(/^No kubeconfig was found\. [^\n]*$/);
  });

  it("is one of two programs: another one is refused by name", async () => {
    const { exitCode, stderr } = await run(environment, "gatway");
    expect([exitCode, stderr]).to.deep.equal([1, "there is no program gatway: operator, gateway"]);
  });
});
