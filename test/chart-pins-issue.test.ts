import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { issueMark } from "../lab/chart-pins/report.ts";

interface Issue {
  number: number;
  title?: string;
  body?: string;
  state?: string;
  labels?: string[];
}

const workflow = readFileSync(new URL("../.github/workflows/chart-pins.yaml", import.meta.url), "utf8");
const { jobs } = parse(workflow) as { jobs: { report: { steps: { with?: { script?: string } }[] } } };
const script = jobs.report.steps.map((step) => step.with?.script).find((text) => text !== undefined) ?? "";

/** Runs the step's script as actions/github-script does, in a folder, against an API on loopback. */
async function runScript(folder: string, api: string): Promise<void> {
  const send = async (method: string, path: string, body?: object) => {
    const answer = await fetch(`${api}${path}`, { method, ...(body && { body: JSON.stringify(body) }) });
    return answer.json();
  };
  const at = ({ owner, repo }: { owner: string; repo: string }) => `/repos/${owner}/${repo}/issues`;
  const issues = {
    listForRepo: (args: { owner: string; repo: string; labels: string }) =>
      send("GET", `${at(args)}?labels=${args.labels}`),
    create: (args: { owner: string; repo: string }) => send("POST", at(args), args),
    update: (args: { owner: string; repo: string; issue_number: number }) =>
      send("PATCH", `${at(args)}/${args.issue_number}`, args),
    createComment: (args: { owner: string; repo: string; issue_number: number }) =>
      send("POST", `${at(args)}/${args.issue_number}/comments`, args),
  };
  const github = { rest: { issues }, paginate: (ask: (args: object) => unknown, args: object) => ask(args) };
  const context = { repo: { owner: "example", repo: "platform" } };
  const { constructor } = runScript as unknown as { constructor: unknown };
  const Async = constructor as new (...names: string[]) => (...args: unknown[]) => Promise<void>;
  const here = process.cwd();
  process.chdir(folder);
  try {
    await new Async("github", "context", "require", script)(github, context, createRequire(import.meta.url));
  } finally {
    process.chdir(here);
  }
}

describe("the issue about chart pins, against a GitHub API on loopback", () => {
  let server: Server;
  let api: string;
  let folder: string;
  let stored: Issue[];
  let comments: string[];

  before(async () => {
    server = createServer((request, response) => {
      void (async () => {
        let text = "";
        for await (const chunk of request) text += String(chunk);
        const body = (text === "" ? {} : JSON.parse(text)) as Partial<Issue>;
        const [, number] = /issues\/(\d+)/.exec(request.url ?? "") ?? [];
        const issue = stored.find((it) => it.number === Number(number));
        if (request.url?.endsWith("/comments")) comments.push(body.body ?? "");
        else if (request.method === "POST") stored.push({ ...body, number: stored.length + 1, state: "open" });
        else if (request.method === "PATCH" && issue) Object.assign(issue, body);
        const open = stored.filter(({ state }) => state === "open");
        response.end(JSON.stringify(request.method === "GET" ? open : {}));
      })();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => server.close());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pins-issue-"));
    mkdirSync(join(folder, "report"));
    [stored, comments] = [[], []];
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const report = (text: string) => writeFileSync(join(folder, "report", "chart-pins.md"), `${issueMark}\n${text}`);

  it("is opened once, edited while a pin is behind, and closed with a word when none is", async () => {
    report("41.6.0 is there.");
    await runScript(folder, api);
    report("41.7.0 is there.");
    await runScript(folder, api);
    expect(stored).to.have.length(1);
    expect(stored[0]).to.deep.include({
      state: "open",
      labels: ["chart-pins"],
      body: `${issueMark}\n41.7.0 is there.`,
    });

    rmSync(join(folder, "report", "chart-pins.md"));
    await runScript(folder, api);
    expect(stored[0]?.state).to.equal("closed");
    expect(comments).to.have.length(1);
  });

  it("leaves other issues with the label alone", async () => {
    stored = [{ number: 1, state: "open", body: "by hand" }];
    await runScript(folder, api);
    expect(stored[0]?.state).to.equal("open");
    report("behind");
    await runScript(folder, api);
    expect(stored.map(({ body }) => body)).to.deep.equal(["by hand", `${issueMark}\nbehind`]);
  });
});
