import { statSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { Runner, stepOf } from "./steps.ts";

describe("the steps of a deployment", function () {
  this.timeout(60_000);
  let runner: Runner;
  beforeEach(() => {
    runner = new Runner();
    for (const name of ["pulumi", "npm"]) runner.command(name, `echo "${name} $*" >> calls; exit \${FAILS:-0}`);
  });
  afterEach(() => runner.remove());
  const calls = () => runner.read("calls").trim().split("\n");

  for (const stack of ["dev", "prod"])
    it(`bring ${stack} up without a question, held against the policies`, async () => {
      const { exitCode } = await runner.run(stepOf("workflows/deploy.yaml", stack, "Up"), { STACK: stack });
      expect(exitCode).to.equal(0);
      expect(calls()).to.deep.equal([
        `pulumi up --stack ${stack} --yes --non-interactive --diff --policy-pack policy/start`,
      ]);
    });

  it("fail with the engine", async () => {
    const { exitCode } = await runner.run(stepOf("workflows/deploy.yaml", "dev", "Up"), { STACK: "dev", FAILS: "255" });
    expect(exitCode).to.equal(255);
  });

  it("give a lock back and recover, also where there was no lock", async () => {
    runner.command("pulumi", 'echo "pulumi $*" >> calls; echo "error: no lock" >&2; exit 255');
    const recovered = await runner.run(stepOf("workflows/deploy.yaml", "dev", "Recover"), { STACK: "dev" });
    expect(recovered.exitCode).to.equal(0);
    expect(calls()).to.deep.equal(["pulumi cancel --stack dev --yes", "npm run -s recover dev -- --yes"]);
    expect(recovered.stdout).to.equal("There was no lock to give back.");
  });

  it("stop where the lock is given back and the recovery fails", async () => {
    runner.command("npm", "exit 3");
    expect((await runner.run(stepOf("workflows/deploy.yaml", "dev", "Recover"), { STACK: "dev" })).exitCode).to.equal(
      3,
    );
  });

  const kubeconfig = stepOf("actions/engine/action.yaml", "", "Kubeconfig");

  it("write the kubeconfig for this user alone, and hand it to the steps after", async () => {
    const GITHUB_ENV = join(runner.folder, "env");
    const { exitCode, all } = await runner.run(kubeconfig, { CONTENT: "apiVersion: v1", GITHUB_ENV });
    expect(exitCode, all).to.equal(0);
    expect(all).not.to.contain("apiVersion");
    const file = join(runner.folder, "kubeconfig");
    expect(runner.read("kubeconfig")).to.equal("apiVersion: v1\n");
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    expect(runner.read("env")).to.equal(`KUBECONFIG=${file}\n`);
  });

  it("say what is missing where the environment has no kubeconfig", async () => {
    const { exitCode, stdout } = await runner.run(kubeconfig, { CONTENT: "", GITHUB_ENV: join(runner.folder, "env") });
    expect(exitCode).to.equal(1);
    expect(stdout).to.match(/^::error::The environment has no secret KUBECONFIG/);
  });
});
