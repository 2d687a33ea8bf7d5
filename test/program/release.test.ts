import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { chartRelease } from "../../components/release.ts";
import type { ChartReleaseArgs } from "../../components/release.ts";
import { runScript } from "../../components/script.ts";
import { registrationsOf } from "./registrations.ts";

const args: ChartReleaseArgs = {
  release: "kasm",
  namespace: "desktops",
  chart: { chart: "kasm-helm", version: "1.0.0", repo: "https://r.example.com" },
  values: { a: 1 },
  timeoutSeconds: 60,
  cluster: {},
};

describe("chartRelease", () => {
  const register = async (changes: Partial<ChartReleaseArgs> = {}) => {
    const { resources } = await registrationsOf(() => chartRelease("kasm-release", { ...args, ...changes }, {}));
    return resources[0]!;
  };

  it("is a release of a fixed name that Pulumi does not wait for, and that may follow one that has failed", async () => {
    const { compat: _, ...inputs } = (await register()).inputs;
    expect(inputs).to.deep.equal({
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
    const { inputs } = await register({ chart: { chart: "lab/charts/traefik", version: "41.3.0" } });
    expect(inputs).not.to.have.property("repositoryOpts");
    expect(inputs["description"]).to.match(/^Chart in a folder, digest [0-9a-f]{16}$/);
  });

  it("recovers from what an earlier Helm left, and prepares only what has something to prepare", async () => {
    const onError = ["kasm-release-recovery"];
    expect((await register()).hooks).to.deep.equal({ beforeCreate: [], beforeUpdate: [], onError });
    const before = ["kasm-release-before"];
    expect((await register({ before: { script: "kasm-pre-upgrade", input: {} } })).hooks).to.deep.equal({
      beforeCreate: before,
      beforeUpdate: before,
      onError,
    });
  });
});

describe("a script that a hook runs", () => {
  const project = process.cwd();
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "script-"));
    mkdirSync(join(folder, "commands"));
    process.chdir(folder);
  });
  afterEach(() => {
    process.chdir(project);
    rmSync(folder, { recursive: true });
  });

  /** Runs a script of these lines, and tells what it gave and what was shown of it. */
  const run = async (lines: string) => {
    writeFileSync(join(folder, "commands", "a.ts"), lines);
    const shown: string[] = [];
    const { info } = pulumi.log;
    const { result } = await registrationsOf(() => {
      const resource = new pulumi.ComponentResource("a:b:C", "a");
      Object.assign(pulumi.log, { info: (line: string) => Promise.resolve(void shown.push(line)) });
      return runScript("a", { context: "admin", kubeconfig: "./k" }, { n: 1 }, resource).catch(
        (error: unknown) => error,
      );
    });
    const given = await result;
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
