import { createServer } from "node:http";
import type { Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { SharedKubeConfig } from "../../kube/client.ts";
import { watchObjects } from "../../kube/watch.ts";

const object = (name: string, version: string) => ({ metadata: { name, namespace: "ns", resourceVersion: version } });

describe("watching a collection", () => {
  let server: Server;
  let config: SharedKubeConfig;
  let stop: AbortController;
  /** Answers to lists and watches, in order; the last one is repeated. */
  let lists: ((response: ServerResponse) => void)[];
  let watches: ((response: ServerResponse, version: string | null) => void)[];
  let requests: string[];

  beforeEach(async () => {
    [lists, watches, requests] = [[], [], []];
    stop = new AbortController();
    server = createServer((request, response) => {
      const query = new URL(request.url ?? "", "http://lab").searchParams;
      const isWatch = query.has("watch");
      requests.push(isWatch ? `watch ${query.get("resourceVersion") ?? ""}` : "list");
      if (isWatch) (watches.length > 1 ? watches.shift() : watches[0])?.(response, query.get("resourceVersion"));
      else (lists.length > 1 ? lists.shift() : lists[0])?.(response);
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    config = new SharedKubeConfig();
    const { port } = server.address() as AddressInfo;
    // client-node allows plain HTTP only for a cluster that is not verified anyway
    const cluster = { name: "c", server: `http://127.0.0.1:${port}`, skipTLSVerify: true };
    config.loadFromClusterAndUser(cluster, { name: "u" });
  });

  afterEach(async () => {
    stop.abort();
    server.closeAllConnections();
    server.close();
    await config.close();
  });

  const listOf =
    (version: string, ...items: object[]) =>
    (response: ServerResponse) =>
      void response.end(
        JSON.stringify({ apiVersion: "v1", kind: "ConfigMapList", metadata: { resourceVersion: version }, items }),
      );
  const send = (response: ServerResponse, type: string, of: object) =>
    void response.write(`${JSON.stringify({ type, object: of })}\n`);
  const stayOpen = (response: ServerResponse) => response.flushHeaders();

  function start() {
    let changes = 0;
    const view = watchObjects(config, { path: "/api/v1/configmaps" }, () => changes++, stop.signal);
    return { names: () => [...view.objects.keys()].sort(), changes: () => changes, view };
  }

  async function until(isSo: () => boolean): Promise<void> {
    for (let tries = 0; tries < 300 && !isSo(); tries++) await sleep(10);
    expect(isSo(), requests.join(", ")).to.equal(true);
  }

  it("lists, then follows what is added, changed and deleted", async () => {
    lists = [listOf("5", object("a", "1"))];
    watches = [
      (response) => {
        send(response, "ADDED", object("b", "6"));
        send(response, "BOOKMARK", { metadata: { resourceVersion: "7" } });
        send(response, "DELETED", object("a", "8"));
      },
    ];
    const watched = start();
    await until(() => watched.names().join() === "ns/b");
    expect(watched.changes()).to.equal(3);
    expect(requests).to.deep.equal(["list", "watch 5"]);
  });

  it("gives listed objects the kind that lists leave out", async () => {
    lists = [listOf("5", object("a", "1"))];
    watches = [stayOpen];
    const { view } = start();
    await until(() => view.synced);
    expect(view.objects.get("ns/a")).to.include({ apiVersion: "v1", kind: "ConfigMap" });
  });

  it("lists anew when the version has expired, and forgets what is gone", async () => {
    lists = [listOf("5", object("a", "1")), listOf("9", object("b", "9"))];
    watches = [(response) => send(response, "ERROR", { code: 410 }), stayOpen];
    const watched = start();
    await until(() => watched.names().join() === "ns/b");
    await until(() => requests.includes("watch 9"));
  });

  it("comes back after the connection broke", async () => {
    lists = [listOf("5", object("a", "1")), listOf("9", object("b", "9"))];
    watches = [(response) => response.socket?.destroy(), stayOpen];
    const watched = start();
    await until(() => watched.names().join() === "ns/b");
  });

  it("counts a kind that the server does not know as an empty list, and asks for it again only now and then", async () => {
    lists = [(response) => response.writeHead(404).end()];
    const watched = start();
    await until(() => watched.view.synced);
    await sleep(100);
    expect(requests).to.deep.equal(["list"]);
  });

  it("never asks in a tight loop when the server ends every watch at once", async () => {
    lists = [listOf("5")];
    watches = [(response) => void response.end()];
    start();
    await sleep(500);
    expect(requests.length).to.be.lessThan(16);
  });

  it("backs off from a server that fails", async () => {
    lists = [(response) => response.writeHead(500).end()];
    start();
    await sleep(700);
    expect(requests.length).to.be.within(1, 5);
  });

  it("stops when it is told to", async () => {
    lists = [listOf("5")];
    watches = [stayOpen];
    start();
    await until(() => requests.length === 2);
    stop.abort();
    server.closeAllConnections();
    await sleep(200);
    expect(requests).to.have.length(2);
  });
});
