import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { ClusterClient, NoAnswerError, SharedKubeConfig, UnknownKindError, statusCode } from "../../kube/client.ts";
import { FakeClock } from "./fake-clock.ts";

const resources = [
  { name: "widgets", kind: "Widget", namespaced: true },
  { name: "widgets/status", kind: "Widget", namespaced: true },
];

describe("the client", () => {
  let server: Server;
  let config: SharedKubeConfig;
  let clock: FakeClock;
  let client: ClusterClient;
  let asked: string[];
  let told: string[];
  let answer: (request: IncomingMessage, response: ServerResponse) => void;

  beforeEach(async () => {
    [asked, told, clock] = [[], [], new FakeClock()];
    server = createServer((request, response) => {
      if (request.url === "/apis/example.com/v1") return void response.end(JSON.stringify({ resources }));
      asked.push(`${request.method ?? ""} ${request.url ?? ""}`);
      answer(request, response);
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    config = new SharedKubeConfig();
    const { port } = server.address() as AddressInfo;
    // client-node allows plain HTTP only for a cluster that is not verified anyway
    const cluster = { name: "c", server: `http://127.0.0.1:${port}`, skipTLSVerify: true };
    config.loadFromClusterAndUser(cluster, { name: "u" });
    client = new ClusterClient(config, { clock, onAnswer });
  });

  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await config.close();
  });

  const widget = { apiVersion: "example.com/v1", kind: "Widget", metadata: { name: "w", namespace: "ns" } };
  const onAnswer = (method: string, status: number | undefined) => told.push(`${method} ${status ?? "none"}`);
  const json = (response: ServerResponse, body: object, status = 200, headers = {}) =>
    void response.writeHead(status, headers).end(JSON.stringify(body));

  it("reads a list page by page, and gives its items the kind that lists leave out", async () => {
    answer = ({ url }, response) =>
      json(response, {
        metadata: { resourceVersion: "5", ...(url?.includes("continue") ? {} : { continue: "next" }) },
        items: [{ metadata: { name: "w" } }],
      });
    const items = await client.list("example.com/v1", "Widget", { labelSelector: "a=b" });
    expect(items[1]).to.deep.equal({ apiVersion: "example.com/v1", kind: "Widget", metadata: { name: "w" } });
    expect(asked).to.deep.equal([
      "GET /apis/example.com/v1/widgets?labelSelector=a%3Db&limit=500",
      "GET /apis/example.com/v1/widgets?labelSelector=a%3Db&limit=500&continue=next",
    ]);
  });

  it("breaks no watch of others when an answer on connections of its own is late", async () => {
    const own = config.withOwnConnections();
    const impatient = new ClusterClient(own, { requestTimeoutMs: 100 });
    let watch: ServerResponse | undefined;
    answer = ({ url }, response) => {
      if (!url?.includes("watch=true")) return;
      watch = response;
      response.writeHead(200).flushHeaders();
    };
    const over = new AbortController();
    try {
      const options = { resourceVersion: "1", timeoutSeconds: 60, signal: over.signal };
      const events = (await client.watch("example.com/v1", "Widget", options))[Symbol.asyncIterator]();
      const failure = await impatient.get(widget).catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(NoAnswerError);
      watch?.write(`${JSON.stringify({ type: "ADDED", object: widget })}\n`);
      expect((await events.next()).value).to.have.property("type", "ADDED");
    } finally {
      over.abort();
      await own.close();
    }
  });

  it("reads fewer objects at once where they are large, never more than some megabytes", async () => {
    const large = "x".repeat(1_000_000);
    let left = 40;
    const read: number[] = [];
    answer = ({ url }, response) => {
      const limit = Number(new URL(url ?? "", "http://h").searchParams.get("limit"));
      const count = Math.min(limit, left);
      if (count * large.length < 8 * 2 ** 20) {
        left -= count;
        read.push(count);
      }
      json(response, {
        metadata: { resourceVersion: "5", ...(left > 0 && { continue: String(left) }) },
        items: Array.from({ length: count }, () => ({ metadata: { name: "w", annotations: { large } } })),
      });
    };
    expect(await client.list("example.com/v1", "Widget")).to.have.length(40);
    expect(read).to.deep.equal([8, 8, 8, 8, 8]);
    expect(asked).to.have.length(3 + 5);
  });

  it("asks again when the server throttles it, after the time that the server says", async () => {
    answer = (_, response) =>
      asked.length < 3 ? json(response, {}, 429, { "Retry-After": "2" }) : json(response, widget);
    let got: unknown;
    void client.get(widget).then((object) => (got = object));
    while (asked.length < 1 || clock.pending < 1) await new Promise((resolve) => setTimeout(resolve, 1));
    await clock.advance(1_900);
    expect(asked).to.have.length(1);
    while (got === undefined) {
      await clock.advance(1_000);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(told).to.deep.equal(["GET 429", "GET 429", "GET 200"]);
  });

  it("applies an object and its status with the manager's name, by force only when asked to", async () => {
    answer = (_, response) => json(response, widget);
    await client.apply(widget, { fieldManager: "operator" });
    await client.applyStatus(widget, { fieldManager: "operator", force: true });
    expect(asked).to.deep.equal([
      "PATCH /apis/example.com/v1/namespaces/ns/widgets/w?fieldManager=operator&force=false",
      "PATCH /apis/example.com/v1/namespaces/ns/widgets/w/status?fieldManager=operator&force=true",
    ]);
  });

  it("hands on a failure with its status, and says what kind is not there", async () => {
    answer = (_, response) => json(response, {}, 422);
    expect(await client.create(widget).catch(statusCode)).to.equal(422);
    const unknown = await client.list("example.com/v1", "Gadget").catch((error: unknown) => error);
    expect(unknown).to.be.instanceOf(UnknownKindError);
  });

  it("tells the time at which the server sent each answer, failures too", async () => {
    const dates: string[] = [];
    const clocked = new ClusterClient(config, { onServerDate: (date) => dates.push(date.toISOString()) });
    const headers = { Date: "Thu, 01 Jan 2026 08:00:00 GMT" };
    answer = (_, response) => json(response, {}, 404, headers);
    await clocked.get(widget);
    expect(dates.at(-1)).to.equal("2026-01-01T08:00:00.000Z");
  });

  it("does not wait for ever", async () => {
    answer = () => undefined;
    const impatient = new ClusterClient(config, { clock, onAnswer, requestTimeoutMs: 200 });
    const error = await impatient.get(widget).catch((failure: unknown) => failure);
    expect(error)
      .to.be.instanceOf(NoAnswerError)
      .and.have.property("message")
      .that.matches(/no answer to GET .*widgets\/w within 0.2 s/);
    expect(told).to.deep.equal(["GET none"]);
  });
});
