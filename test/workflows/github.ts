import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { Octokit } from "@octokit/rest";
import type { Step } from "./steps.ts";

export interface Comment {
  readonly id: number;
  readonly issue: number;
  readonly user: { readonly type: "Bot" | "User" };
  body: string;
}

export interface Issue {
  readonly number: number;
  title: string;
  body: string;
  state: "open" | "closed";
  labels: string[];
}

/** A stand-in for the part of GitHub's API that the workflows call, on loopback, with its pages of 30. */
export class GitHub {
  readonly comments: Comment[] = [];
  readonly issues: Issue[] = [];
  readonly #server: Server = createServer((request, response) => void this.#answer(request, response));

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Runs the script of a step as actions/github-script does, with the same client library. */
  async runScript(step: Step, { issue, folder }: { issue: number; folder: string }): Promise<void> {
    const { port } = this.#server.address() as AddressInfo;
    const github = new Octokit({ auth: "token", baseUrl: `http://127.0.0.1:${port}` });
    const context = { repo: { owner: "site", repo: "desktops" }, issue: { number: issue } };
    const here = process.cwd();
    process.chdir(folder);
    try {
      // eslint-disable-next-line @typescript-eslint/no-implied-eval -- it is what the action does
      const run = new Function("github", "context", "require", `return (async () => {${step.with?.script ?? ""}})()`);
      await (run as (...args: unknown[]) => Promise<void>)(github, context, createRequire(import.meta.url));
    } finally {
      process.chdir(here);
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "", `http://${request.headers.host ?? ""}`);
    const given = await text(request);
    const answer = this.#route(request.method ?? "", url, given === "" ? {} : (JSON.parse(given) as Partial<Issue>));
    const all = Array.isArray(answer) ? answer : undefined;
    const page = Number(url.searchParams.get("page") ?? "1");
    const next = new URL(url);
    next.searchParams.set("page", String(page + 1));
    const isMore = all !== undefined && all.length > page * 30;
    response.writeHead(answer === undefined ? 404 : 200, {
      "content-type": "application/json",
      ...(isMore && { link: `<${next.href}>; rel="next"` }),
    });
    response.end(JSON.stringify(all?.slice((page - 1) * 30, page * 30) ?? answer ?? { message: "Not Found" }));
  }

  #route(method: string, { pathname, searchParams }: URL, given: Partial<Issue>): unknown {
    const [, path = ""] = /^\/repos\/site\/desktops\/(.*)$/.exec(pathname) ?? [];
    const [, number = ""] = /(\d+)/.exec(path) ?? [];
    const where = `${method} ${path.replace(/\d+/, "N")}`;
    if (where === "GET issues/N/comments") return this.comments.filter(({ issue }) => issue === Number(number));
    if (where === "POST issues/N/comments") return this.#comment(Number(number), given.body ?? "");
    if (where === "PATCH issues/comments/N")
      return Object.assign(this.comments.find(({ id }) => id === Number(number)) ?? {}, given);
    if (where === "GET issues")
      return this.issues.filter(
        ({ state, labels }) => state === searchParams.get("state") && labels.includes(searchParams.get("labels") ?? ""),
      );
    if (where === "POST issues") return this.#open(given);
    if (where === "PATCH issues/N")
      return Object.assign(this.issues.find((it) => it.number === Number(number)) ?? {}, given);
    return undefined;
  }

  #comment(issue: number, body: string): Comment {
    const comment: Comment = { id: this.comments.length + 1000, issue, user: { type: "Bot" }, body };
    this.comments.push(comment);
    return comment;
  }

  #open({ title = "", body = "", labels = [] }: Partial<Issue>): Issue {
    const issue: Issue = { number: this.issues.length + 1, title, body, state: "open", labels };
    this.issues.push(issue);
    return issue;
  }
}
