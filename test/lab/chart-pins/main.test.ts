import { mkdtempSync, existsSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { IncomingMessage, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { stringify } from "yaml";
import { pinnedCharts } from "../../../stacks/config.defaults.ts";

/** A Helm repository and the GitHub API on loopback. */
interface StandIn {
  versions: Record<string, { version: string; appVersion: string }[]>;
  advisories: object[];
  /** Answers for advisories are this long; the rest comes with the next page. */
  perPage: number;
}

const checkout = join(import.meta.dirname, "..", "..", "..");
const advisory = (id: string, range: string) => ({
  ...{ ghsa_id: id, html_url: `https://example.com/${id}`, summary: "A hole", severity: "high" },
  vulnerabilities: [{ vulnerable_version_range: range }],
});

describe("npm run charts:pins, against a repository and a GitHub API on loopback", () => {
  let server: Server;
  let address: string;
  let folder: string;
  let standIn: StandIn;
  let tokens: Set<string | undefined>;
  const newest = () =>
    Object.fromEntries(
      Object.values(pinnedCharts).map(({ chart, version }) => [chart, [{ version, appVersion: "v3.7.13" }]]),
    );

  before(async () => {
    server = createServer((request, response) => {
      const answer = answerTo(request);
      response.writeHead(answer.status, answer.headers).end(answer.body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => server.close());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pins-"));
    standIn = { versions: newest(), advisories: [], perPage: 100 };
    tokens = new Set();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function answerTo({ url = "", headers }: IncomingMessage): {
    status: number;
    headers: Record<string, string>;
    body: string;
  } {
    const { pathname, searchParams } = new URL(url, address);
    if (pathname === "/charts/index.yaml")
      return { status: 200, headers: {}, body: stringify({ entries: standIn.versions }) };
    if (!/^\/repos\/[\w-]+\/[\w-]+\/security-advisories$/.test(pathname)) return { status: 404, headers: {}, body: "" };
    tokens.add(headers.authorization);
    const first = Number(searchParams.get("after") ?? 0);
    const shown = pathname.includes("/traefik/") ? standIn.advisories.slice(first, first + standIn.perPage) : [];
    const isLast = first + standIn.perPage >= standIn.advisories.length || shown.length === 0;
    const link = `<${address}${pathname}?after=${first + standIn.perPage}>; rel="next"`;
    return { status: 200, headers: isLast ? {} : { link }, body: JSON.stringify(shown) };
  }

  async function run() {
    const report = join(folder, "report.md");
    const args = ["lab/chart-pins/main.ts", "--report", report, "--repo", `${address}/charts`];
    const env = { GITHUB_API_URL: address, GITHUB_TOKEN: "a-token" };
    const { stdout, exitCode } = await execa(process.execPath, args, { cwd: checkout, env });
    expect(exitCode).to.equal(0);
    return { stdout, report: existsSync(report) ? readFileSync(report, "utf8") : undefined };
  }

  it("writes no report while each pin is the newest and no advisory is about one", async () => {
    standIn.advisories = [advisory("GHSA-old", "< 3.7.13")];
    const { stdout, report } = await run();
    expect(report).to.equal(undefined);
    expect(stdout).to.contain("pinned to its newest version");
    expect([...tokens]).to.deep.equal(["Bearer a-token"]);
  }).timeout(20_000);

  it("names what is newer, and each advisory that is about what the pinned chart installs, from every page", async () => {
    standIn.versions["traefik"]?.push(
      { version: "41.99.0", appVersion: "v3.9.0" },
      { version: "42.0.0-rc.1", appVersion: "v4" },
    );
    standIn.advisories = [advisory("GHSA-1", "< 3.0.0"), advisory("GHSA-2", ">= 3.7.0, <= 3.7.13")];
    standIn.perPage = 1;
    const { report, stdout } = await run();
    expect(report).to.match(/^<!-- chart pins -->\n### traefik 41\.5\.0\n/);
    expect(report).to.contain("- 41.99.0 is there.");
    expect(report).to.contain("- [GHSA-2](https://example.com/GHSA-2), high: A hole (v3.7.13 is affected)");
    expect(report).not.to.match(/GHSA-1|42\.0\.0|kasm-helm|gpu-operator/);
    expect(stdout).not.to.contain("a-token");
  }).timeout(20_000);

  it("says so in the report when somebody could not be asked", async () => {
    standIn.versions = { "kasm-helm": [], "gpu-operator": [{ version: "v1.0.0", appVersion: "v1.0.0" }] };
    const { report } = await run();
    expect(report).to.contain("The repository's index has no version of it.");
    expect(report).to.contain("The repository's index has no gpu-operator v26.7.0 any more.");
  }).timeout(20_000);
});
