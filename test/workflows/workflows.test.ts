import { readFileSync, readdirSync } from "node:fs";
import { expect } from "chai";
import { parse } from "yaml";
import { tools } from "../../lab/tools/table.ts";

interface Step {
  name?: string;
  if?: string;
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}

interface Job {
  if?: string;
  permissions?: Record<string, string>;
  "timeout-minutes"?: number;
  environment?: { name: string };
  concurrency?: { group: string; "cancel-in-progress"?: boolean };
  needs?: string;
  steps: Step[];
}

interface Workflow {
  on: Record<string, unknown>;
  permissions?: Record<string, string>;
  jobs: Record<string, Job>;
}

const root = new URL("../../.github/", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");

const workflows = readdirSync(new URL("workflows/", root)).map((file) => {
  const text = read(`workflows/${file}`);
  return { file, text, workflow: parse(text, { merge: true }) as Workflow };
});
const engineText = read("actions/engine/action.yaml");
const engine = parse(engineText) as { runs: { steps: Step[] } };

const jobs = workflows.flatMap(({ file, workflow }) =>
  Object.entries(workflow.jobs).map(([name, job]) => ({ file, name, job, workflow })),
);
const named = (file: string) => workflows.find((workflow) => workflow.file === file)!;

describe("the workflows", () => {
  for (const [name, text] of [
    ...workflows.map(({ file, text }) => [file, text] as const),
    ["actions/engine", engineText] as const,
  ])
    it(`${name} pins every action by commit and says which version that is`, () => {
      const used = [...text.matchAll(/^\s*-? *uses: (.*)$/gm)].map(([, action]) => action!);
      const foreign = used.filter((action) => !action.startsWith("./"));
      for (const action of foreign) expect(action).to.match(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    });

  it("use one commit per action", () => {
    const all = [...workflows.map(({ text }) => text), engineText].join("\n");
    const commits = [...all.matchAll(/uses: ([\w-]+\/[\w-]+)@(\S+)/g)].map(([, action, commit]) => ({
      action,
      commit,
    }));
    for (const [action, uses] of Map.groupBy(commits, ({ action }) => action))
      expect(new Set(uses.map(({ commit }) => commit)).size, action).to.equal(1);
  });

  it("install the engine at the version of the lab", () => {
    const step = engine.runs.steps.find(({ uses }) => uses?.startsWith("pulumi/actions@"));
    expect(step?.with).to.deep.equal({ "pulumi-version": tools.pulumi.version });
  });

  it("never give the secrets of this repository to the code of a fork by pull_request_target or workflow_run", () => {
    for (const { file, workflow } of workflows)
      expect(workflow.on, file).not.to.have.any.keys("pull_request_target", "workflow_run");
  });

  it("grant nothing at the top, or reading", () => {
    for (const { file, workflow } of workflows)
      expect([{}, { contents: "read" }], file).to.deep.include(workflow.permissions);
  });

  it("let a job write comments or issues only where it runs no code of the repository", () => {
    const writing = jobs.filter(({ job }) => Object.values(job.permissions ?? {}).includes("write"));
    expect(writing.map(({ file, name, job }) => [file, name, job.permissions])).to.have.deep.members([
      ["preview.yaml", "comment", { "pull-requests": "write" }],
      ["drift.yaml", "report", { issues: "write" }],
      ["chart-pins.yaml", "report", { issues: "write" }],
    ]);
    for (const { job } of writing)
      for (const { uses, run } of job.steps) {
        expect(run).to.equal(undefined);
        expect(uses).to.match(/^actions\/(download-artifact|github-script)@/);
      }
  });

  it("keep secrets out of what forks run", () => {
    const { text, workflow } = named("ci.yaml");
    expect(workflow.on).to.have.property("pull_request");
    expect(text).not.to.match(/secrets\.|environment:/);
    const others = jobs.filter(({ file, workflow }) => file !== "ci.yaml" && "pull_request" in workflow.on);
    for (const { name, job } of others.filter(({ job }) => job.needs === undefined))
      expect(job.if, name).to.contain("github.event.pull_request.head.repo.full_name == github.repository");
  });

  it("hand secrets to jobs of an environment only", () => {
    for (const { file, name, job } of jobs)
      if (/secrets\./.test(JSON.stringify(job.steps)))
        expect(job.environment?.name, `${file} ${name}`).to.match(
          /^((preview|drift)-\$\{\{ matrix\.stack \}\}|dev|prod)$/,
        );
  });

  it("share no environment between what runs a pull request's code and what runs main's", () => {
    const environments = Map.groupBy(jobs, ({ job }) => job.environment?.name ?? "");
    environments.delete("");
    for (const [name, users] of environments) expect(users.length, name).to.equal(1);
  });

  it("keep no credential of git beside the code that runs", () => {
    const checkouts = jobs.flatMap(({ job }) => job.steps).filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    expect(checkouts).not.to.have.lengthOf(0);
    for (const { with: given } of checkouts) expect(given).to.deep.equal({ "persist-credentials": false });
  });

  it("put no expression into a shell, where a branch's name could be a command", () => {
    for (const { file, name, job } of jobs)
      for (const { run } of job.steps) expect(run ?? "", `${file} ${name}`).not.to.contain("${{");
  });

  it("end every job in time", () => {
    for (const { file, name, job } of jobs) expect(job["timeout-minutes"], `${file} ${name}`).to.be.within(1, 60);
  });

  it("deploy dev before prod, one engine per stack, none stopped in the middle", () => {
    const { dev, prod } = named("deploy.yaml").workflow.jobs;
    expect(prod!.needs).to.equal("dev");
    expect(dev!.concurrency).to.deep.equal({ group: "stack-dev", "cancel-in-progress": false });
    expect(prod!.concurrency).to.deep.equal({ group: "stack-prod", "cancel-in-progress": false });
    expect([dev!.environment, prod!.environment]).to.deep.equal([{ name: "dev" }, { name: "prod" }]);
  });

  it("recover from a killed run before the next one, and only when somebody asks for it by hand", () => {
    const { on, jobs } = named("deploy.yaml").workflow;
    const { inputs } = on["workflow_dispatch"] as { inputs: { recover: { default: boolean } } };
    expect(inputs.recover.default).to.equal(false);
    for (const { steps } of [jobs["dev"]!, jobs["prod"]!]) {
      const recovery = steps.find(({ run }) => run?.includes("npm run -s recover"));
      expect(recovery!.if).to.equal("inputs.recover");
      expect(steps.slice(steps.indexOf(recovery!) + 1).map(({ name }) => name)).to.deep.equal(["Up"]);
    }
  });
});
