import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { SharedKubeConfig } from "../../../../../kube/client.ts";
import { withHelmHome } from "../../../../../lab/plugins/kubernetes/helm/home.ts";
import type { HelmHome } from "../../../../../lab/plugins/kubernetes/helm/home.ts";
import { runHelm } from "../../../../../lab/plugins/kubernetes/helm/run-helm.ts";

// A shell script in helm's place: what helm is given, and how it is ended.
describe("running helm", () => {
  const folder = mkdtempSync(join(tmpdir(), "kasm-vdi-fake-helm-"));
  const before = process.env["KASM_VDI_TOOL_HELM"];
  const asHelm = (script: string): void => {
    const path = join(folder, "helm");
    writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    process.env["KASM_VDI_TOOL_HELM"] = path;
  };
  const config = new SharedKubeConfig();
  config.loadFromClusterAndUser(
    { name: "c", server: "https://127.0.0.1:1", skipTLSVerify: false },
    { name: "u", token: "t0ken" },
  );
  const inHome = <T>(work: (home: HelmHome) => Promise<T>): Promise<T> => withHelmHome(config, work);
  const problemOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => expect.fail("it should fail"),
      (error: unknown) => (error as Error).message,
    );

  after(() => {
    rmSync(folder, { recursive: true });
    if (before === undefined) delete process.env["KASM_VDI_TOOL_HELM"];
    else process.env["KASM_VDI_TOOL_HELM"] = before;
  });

  it("hands values over by standard input", async () => {
    asHelm('echo "$@"; cat');
    expect(await inHome((home) => runHelm(home, ["install", "x"], { input: '{"a":1}' }))).to.equal(
      'install x\n{"a":1}',
    );
  });

  it("gives it homes and a kubeconfig of its own, readable by nobody else, and leaves nothing behind", async () => {
    asHelm(
      'stat -c %a "$KUBECONFIG" "$(dirname "$KUBECONFIG")"; grep -c t0ken "$KUBECONFIG"; echo "$HELM_CONFIG_HOME"',
    );
    const [output, kept] = await inHome(async (home) => [await runHelm(home, []), home.folder]);
    expect(output.split("\n").slice(0, 3)).to.deep.equal(["600", "700", "1"]);
    expect(output).to.contain(`${kept}/config`);
    expect(existsSync(kept)).to.equal(false);
  });

  it("reports helm's error without the warnings before it and without secrets", async () => {
    asHelm('echo "WARNING: old chart" >&2; echo "Error: INSTALLATION FAILED: bad hunter2" >&2; exit 1');
    const message = await problemOf(inHome((home) => runHelm(home, [], { secrets: ["hunter2"] })));
    expect(message).to.equal("INSTALLATION FAILED: bad [secret]");
  });

  it("says so when there is no helm", async () => {
    process.env["KASM_VDI_TOOL_HELM"] = join(folder, "nothing");
    expect(await problemOf(inHome((home) => runHelm(home, [])))).to.contain("set KASM_VDI_TOOL_HELM");
  });

  it("asks helm to end on a cancel, and lets it finish its record", async () => {
    asHelm('trap "echo Error: context canceled >&2; exit 1" TERM; while :; do sleep 0.05; done');
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 200);
    expect(await problemOf(inHome((home) => runHelm(home, [], { signal: controller.signal })))).to.equal(
      "context canceled",
    );
  });
});
