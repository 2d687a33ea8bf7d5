import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { chartRelease } from "../../components/helm/release.ts";
import type { ChartReleaseArgs } from "../../components/helm/release.ts";
import { runScript } from "../../components/gates/script.ts";
import { registrationsOf } from "./registrations.ts";

const args: ChartReleaseArgs = {
  release: "kasm",
  namespace: "desktops",
  chart: { chart: "kasm-helm", version: "1.0.0", repo: "https://r.example.com" },
  values: { a: 1 },
  timeoutSeconds: 60,
};

describe("chartRelease", () => {
  const register = async (changes: Partial<ChartReleaseArgs> = {}) => {
    const { resources } = await registrationsOf(() => chartRelease("kasm-release", { ...args, ...changes }, {}));
    return resources[0]!;
  };

  it("is a release of a fixed name that Pulumi does not wait for, and that may follow one that has failed", async () => {
    expect((await register()).inputs).to.deep.equal({
      // Of the SDK's own.
      compat: "true",
      name: "kasm",
      namespace: "desktops",
      chart: "kasm-helm",
      version: "1.0.0",
      repositoryOpts: { repo: "https://r.example.com" },
      values: { a: 1 },
      timeout: 60,
      skipAwait: true,
      replace: true,
    });
  });

  it("says the content of a chart in a folder, whose changes Pulumi would not see", async () => {
    const { inputs } = await register({ chart: { chart: "lab/charts/traefik", version: "41.5.0" } });
    expect(inputs).not.to.have.property("repositoryOpts");
    expect(inputs["description"]).to.match(/^Chart in a folder, digest [0-9a-f]{16}$/);
  });

  it("waits until no earlier Helm stands in the way", async () => {
    let isFree = false;
    const whenFree = new Promise((resolve) => setTimeout(resolve, 10)).then(() => (isFree = true));
    const seen: boolean[] = [];
    const { resources } = await registrationsOf(
      () => chartRelease("kasm-release", { ...args, whenFree }, {}),
      ({ inputs }) => {
        seen.push(isFree);
        return inputs as Record<string, unknown>;
      },
    );
    expect(seen).to.deep.equal([true]);
    expect(resources[0]!.inputs).to.include({ namespace: "desktops" });
  });
});

describe("a script without a resource", () => {
  const project = process.cwd();
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "script-"));
    mkdirSync(join(folder, "dist"));
    process.chdir(folder);
  });
  afterEach(() => {
    process.chdir(project);
    rmSync(folder, { recursive: true });
  });

  /** Runs a script of these lines, and tells what it gave and what was shown of it. */
  const run = async (lines: string) => {
    writeFileSync(join(folder, "dist", "commands.mjs"), lines);
    const shown: string[] = [];
    const { info } = pulumi.log;
    Object.assign(pulumi.log, { info: (line: string) => Promise.resolve(void shown.push(line)) });
    const cluster = { context: "admin", kubeconfig: "./k" };
    const given = await runScript("a", cluster, { n: 1 }).catch((error: unknown) => error);
    Object.assign(pulumi.log, { info });
    return { given, shown };
  };

  it("gets its input and the cluster, and gives its one line of JSON", async () => {
    const { given } = await run("console.log(JSON.stringify([process.env.INPUT, process.env.KUBECONFIG]))");
    expect(given).to.deep.equal(['{"n":1,"context":"admin"}', "./k"]);
  });

  it("shows what it waits for, and fails with all else that it says", async () => {
    const { given, shown } = await run(
      'console.error("waiting: a\\n  b"); console.error("Job a is at work\\nGave up after 3 s."); process.exit(1);',
    );
    expect(shown).to.deep.equal(["waiting: a", "  b"]);
    expect(given).to.be.instanceOf(Error).with.property("message", "Job a is at work\nGave up after 3 s.");
  });
});
