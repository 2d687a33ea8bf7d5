import { cpSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { GitHub } from "./github.ts";
import { Runner, stepOf } from "./steps.ts";

const workflow = "workflows/drift.yaml";
const drifted = JSON.stringify({
  steps: [{ op: "update", urn: "urn:pulumi:prod::kasm-vdi::kubernetes:core/v1:ConfigMap::turn-config" }],
});

describe("the drift check of a night", function () {
  this.timeout(60_000);
  const github = new GitHub();
  before(() => github.start());
  after(() => github.stop());

  /** The jobs of one night for the stack prod, where the engine ends so. */
  async function night(output: string, exitCode: number): Promise<void> {
    const runner = new Runner();
    try {
      runner.command("pulumi", `printf '%s' '${output}'; exit ${exitCode}`);
      const env = { STACK: "prod", RUN_URL: "https://github.example.com/run" };
      const compared = await runner.run(stepOf(workflow, "check", "Compare"), env);
      expect(compared.exitCode).to.equal(exitCode);
      const reported = await runner.run(stepOf(workflow, "check", "Report"), { ...env, CLEAN: String(exitCode === 0) });
      expect(reported.exitCode, reported.all).to.equal(0);
      cpSync(join(runner.folder, "report"), join(runner.folder, "reports"), { recursive: true });
      await github.runScript(stepOf(workflow, "report"), { issue: 0, folder: runner.folder });
    } finally {
      runner.remove();
    }
  }

  it("opens nothing while the cluster is as the program says", async () => {
    await night('{"steps":[]}', 0);
    expect(github.issues).to.deep.equal([]);
  });

  it("opens one issue for a stack that has drifted, and edits it in the nights after", async () => {
    await night(drifted, 1);
    await night(drifted.replace("turn-config", "turn-server"), 1);
    const [issue, ...others] = github.issues;
    expect(others).to.deep.equal([]);
    expect(issue)
      .to.include({ title: "Drift in prod", state: "open" })
      .and.deep.include({ labels: ["drift"] });
    expect(issue?.body).to.contain("turn-server").and.contain("helm get manifest").and.not.contain("turn-config");
  });

  it("closes it, and says why, when all is well again; and opens another one for the next time", async () => {
    await night('{"steps":[]}', 0);
    expect(github.issues[0]?.state).to.equal("closed");
    expect(github.comments.map(({ issue, body }) => [issue, body])).to.deep.equal([
      [1, "The cluster is as the program says again."],
    ]);
    await night(drifted, 1);
    expect(github.issues.map(({ state }) => state)).to.deep.equal(["closed", "open"]);
  });
});
