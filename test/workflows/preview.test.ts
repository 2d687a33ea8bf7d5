import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { GitHub } from "./github.ts";
import { Runner, stepOf } from "./steps.ts";

const workflow = "workflows/preview.yaml";
const runUrl = "https://github.example.com/site/desktops/actions/runs/1";
const previewed = JSON.stringify({
  steps: [{ op: "create", urn: "urn:pulumi:dev::kasm-vdi::kubernetes:core/v1:Namespace::kasm-namespace" }],
});

describe("the preview of a pull request", function () {
  this.timeout(60_000);
  const github = new GitHub();
  let runner: Runner;
  before(() => github.start());
  after(() => github.stop());
  beforeEach(() => (runner = new Runner()));
  afterEach(() => {
    runner.remove();
    github.comments.length = 0;
  });

  const env = { STACK: "dev", RUN_URL: runUrl };
  const comment = () => github.runScript(stepOf(workflow, "comment"), { issue: 7, folder: runner.folder });

  it("becomes one comment of the stack, which the next run edits, whatever others wrote in between", async () => {
    runner.command("pulumi", `printf '%s' '${previewed}'`);
    expect((await runner.run(stepOf(workflow, "preview", "Preview"), env)).exitCode).to.equal(0);
    const written = await runner.run(stepOf(workflow, "preview", "Comment"), env);
    expect(written.exitCode, written.all).to.equal(0);
    mkdirSync(join(runner.folder, "comments"));
    writeFileSync(join(runner.folder, "comments", "dev.md"), runner.read("comment/dev.md"));
    await comment();
    expect(github.comments.map(({ issue }) => issue)).to.deep.equal([7]);
    expect(github.comments[0]?.body).to.contain("kasm-namespace").and.contain(runUrl);

    // The bot's own comment is on the second page of the answer by now.
    const others = Array.from({ length: 40 }, (_, id) => {
      return { id, issue: 7, user: { type: "User" as const }, body: github.comments[0]?.body ?? "" };
    });
    github.comments.unshift(...others);
    writeFileSync(
      join(runner.folder, "comments", "dev.md"),
      runner.read("comment/dev.md").replace("kasm-namespace", "x"),
    );
    await comment();
    expect(github.comments).to.have.length(41);
    expect(github.comments.at(-1)?.body).to.contain("`x`").and.not.contain("kasm-namespace");
  });

  it("tells what the engine said where it has failed, and the job fails", async () => {
    runner.command("pulumi", "echo 'error: the passphrase is wrong' >&2; exit 255");
    expect((await runner.run(stepOf(workflow, "preview", "Preview"), env)).exitCode).to.equal(255);
    expect((await runner.run(stepOf(workflow, "preview", "Comment"), env)).exitCode).to.equal(0);
    expect(runner.read("comment/dev.md")).to.contain("the passphrase is wrong");
  });

  it("says so where it was not reached", async () => {
    expect((await runner.run(stepOf(workflow, "preview", "Comment"), env)).exitCode).to.equal(0);
    expect(runner.read("comment/dev.md")).to.contain("The preview was not reached: see the log of the run.");
  });

  it("writes no comment where no stack had a preview", async () => {
    await comment();
    expect(github.comments).to.deep.equal([]);
  });
});
