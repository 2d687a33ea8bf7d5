import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { Agent, request } from "undici";
import { ClusterClient, apiMessage, loadKubeConfig, statusCode } from "../../kube/client.ts";
import type { AnyObject } from "../../kube/client.ts";
import type { OperatorProcess } from "../../lab/operator/operator-process.ts";
import { secretCredentials } from "../../operator/credentials/stream-credentials.ts";
import type { VDISession } from "../../operator/api/objects.ts";
import { desktopName, hostOf } from "../../operator/resources/names.ts";
import { layout, namespaceOfItsOwn } from "./operator-fixture.ts";
import { OperatorHarness } from "./operator-harness.ts";

describe("the gateway beside the operator", function () {
  this.timeout(180_000);
  const harness = new OperatorHarness(namespaceOfItsOwn("gateway"));
  let operator: OperatorProcess;
  let gateway: OperatorProcess;
  let session: VDISession;

  before(async () => {
    await harness.open();
    [operator, gateway] = await Promise.all([harness.operator(), harness.gateway()]);
    session = await harness.session();
    await harness.waitForCondition(session, {}, 60_000);
  });
  after(() => harness.close());

  const ask = async (from: OperatorProcess, headers: Record<string, string> = {}, dispatcher?: Agent) => {
    const {
      statusCode: status,
      body,
      headers: answered,
    } = await request(`http://127.0.0.1:${from.ports.access}/auth`, {
      headers: { "x-forwarded-host": hostOf(session, harness.domain), ...headers },
      ...(dispatcher && { dispatcher }),
    });
    await body.dump();
    return { status, headers: answered };
  };

  async function password(): Promise<Record<string, string>> {
    const read = secretCredentials(harness.client, harness.namespace);
    const { user, password } = (await read(desktopName(session)))!;
    return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` };
  }

  const readiness = async (of: OperatorProcess) => {
    const { statusCode: status, body } = await request(`http://127.0.0.1:${of.ports.health}/readyz`);
    return `${status} ${await body.text()}`;
  };

  it("says how old its knowledge is", async () => {
    expect(await readiness(gateway)).to.match(/^200 \[\+\] knowledge: last heard of \d+ s ago\n\[\+\] running\n$/);
  });

  it("opens and wakes desktops while no operator runs", async () => {
    const headers = await password();
    await operator.kill();
    expect((await ask(gateway)).status).to.equal(401);
    expect((await ask(gateway, headers)).status).to.equal(200);

    await harness.client.mergePatch({ ...harness.keyOf(session), spec: { desiredState: "Suspended" } });
    await until(async () => (await ask(gateway, headers)).status === 503);
    const page = { accept: "text/html" };
    const signedIn = await ask(gateway, { ...page, ...headers });
    const cookie = String(signedIn.headers["set-cookie"]).split(";")[0] ?? "";
    expect((await ask(gateway, { ...page, cookie })).status).to.equal(503);
    const woken = await harness.client.get(harness.keyOf(session));
    expect(woken?.["spec"]).to.include({ desiredState: "Running" });
    operator = await harness.operator();
    await harness.waitForCondition(session, {}, 60_000);
  });

  it("goes on admitting on what it last knew while the API server is away", async () => {
    const server = harness.server();
    const cutOff = await harness.gateway({ server });
    const headers = await password();
    expect((await ask(cutOff, headers)).status).to.equal(200);
    server.fault = () => ({ cut: "before" });
    // Longer than what was just read counts without another look.
    await sleep(11_000);
    const before = Date.now();
    expect((await ask(cutOff, headers)).status).to.equal(200);
    // Traefik gives a question up after 30 s.
    expect(Date.now() - before).to.be.lessThan(20_000);
    expect(await readiness(cutOff)).to.match(/^200 /);
    await cutOff.kill();
  });

  it("answers everybody until its end, on connections that are kept and on new ones, and is not ready meanwhile", async () => {
    const ending = await harness.gateway({ env: { VDI_DRAIN_SECONDS: "3" } });
    const kept = new Agent({ connections: 4, keepAliveTimeout: 60_000 });
    const seen: number[] = [];
    const over = new AbortController();
    const asking = (async () => {
      while (!over.signal.aborted) seen.push((await ask(ending, {}, kept)).status, (await ask(ending)).status);
    })();
    await sleep(500);
    const stopped = ending.stop();
    await until(async () => (await readiness(ending)).includes("[-] running: it is ending"));
    await sleep(1_500);
    over.abort();
    await asking;
    expect(await stopped).to.equal("ended with exit code 0");
    expect(new Set(seen)).to.deep.equal(new Set([401]));
    expect(seen.length).to.be.greaterThan(20);
    await kept.close();
  });

  describe("as its ServiceAccount", () => {
    let client: ClusterClient;
    before(() => {
      client = new ClusterClient(loadKubeConfig({ file: join(layout.kubeconfigs, "gateway") }));
    });
    after(() => client.config.close());
    const patch = (changes: Record<string, unknown>) => {
      const { metadata, ...key } = harness.keyOf(session);
      const { metadata: given, ...rest } = changes;
      return client
        .mergePatch({ ...key, metadata: { ...metadata, ...(given as object) }, ...rest })
        .then(() => "done", apiMessage);
    };

    it("may have a session run, and change nothing else of it", async () => {
      expect(await patch({ spec: { desiredState: "Running" } })).to.equal("done");
      const refused: Record<string, unknown>[] = [
        { spec: { desiredState: "Suspended" } },
        { spec: { timeout: "100h" } },
        { spec: { groups: ["admins"] } },
        { spec: { access: { revokedBefore: "2026-01-01T00:00:00Z" } } },
        { spec: { persistence: { reclaim: "Delete" } } },
        { metadata: { labels: { a: "b" } } },
        { metadata: { annotations: { a: "b" } } },
        { metadata: { finalizers: ["example.com/stay"] } },
      ];
      for (const changes of refused)
        expect(await patch(changes), JSON.stringify(changes)).to.contain("the gateway may only set spec.desiredState");
    });

    it("may list no Secrets, delete nothing and write no status", async () => {
      const { namespace } = harness;
      const outcomes = await Promise.all([
        client.list("v1", "Secret", { namespace }).then(() => 200, statusCode),
        client.delete(harness.keyOf(session)).then(() => 200, statusCode),
        client.list("v1", "Pod", { namespace }).then(() => 200, statusCode),
      ]);
      expect(outcomes).to.deep.equal([403, 403, 403]);
    });
  });
});

describe("routes of desktops", function () {
  this.timeout(120_000);
  const harness = new OperatorHarness(namespaceOfItsOwn("route-owner"));
  before(() => harness.open());
  after(() => harness.close());

  it("may be labelled by others and are left to garbage collection, but not changed", async () => {
    await harness.operator();
    const session = await harness.session();
    await harness.waitForCondition(session, {}, 60_000);
    const [route] = await harness.children("IngressRoute", session);
    const { apiVersion = "", metadata } = route!;
    const key = {
      ...{ apiVersion, kind: "IngressRoute" },
      metadata: { name: metadata?.name ?? "", namespace: harness.namespace },
    };
    await harness.client.mergePatch({ ...key, metadata: { ...key.metadata, labels: { a: "b" } } });
    const taken = await harness.client
      .mergePatch({ ...key, spec: { entryPoints: ["web"] } })
      .then(() => "done", apiMessage);
    expect(taken).to.contain("would take requests from desktops");
    await harness.client.delete(harness.keyOf(session));
    await harness.waitForGone(key);
  });
});

describe("hosts of desktops, which routes of other namespaces would take over", () => {
  const client = new ClusterClient(loadKubeConfig());
  after(() => client.config.close());
  const metadata = { name: "engine-test-taker", namespace: "default" };
  const attempt = (object: AnyObject) => client.create(object, { dryRun: true }).then(() => "made", apiMessage);
  const services = [{ name: "taker", port: 80 }];
  const route = (match: string, priority?: number) =>
    attempt({
      ...{ apiVersion: "traefik.io/v1alpha1", kind: "IngressRoute", metadata },
      spec: { routes: [{ kind: "Rule", match, services, ...(priority !== undefined && { priority }) }] },
    });
  const tcpRoute = (match: string, entryPoints?: string[]) =>
    attempt({
      ...{ apiVersion: "traefik.io/v1alpha1", kind: "IngressRouteTCP", metadata },
      spec: { ...(entryPoints && { entryPoints }), routes: [{ match, services }] },
    });
  const ingress = (annotations: Record<string, string>, path = "/") =>
    attempt({
      ...{ apiVersion: "networking.k8s.io/v1", kind: "Ingress" },
      metadata: {
        ...metadata,
        annotations: Object.fromEntries(
          Object.entries(annotations).map(([name, value]) => [`traefik.ingress.kubernetes.io/${name}`, value]),
        ),
      },
      spec: {
        rules: [
          {
            host: "*.desktops.lab.localhost",
            http: {
              paths: [
                {
                  ...{ path, pathType: "ImplementationSpecific" },
                  backend: { service: { name: "taker", port: { number: 80 } } },
                },
              ],
            },
          },
        ],
      },
    });

  it("are safe from a higher priority, said or by the rule's length", async () => {
    const anyHost = "HostRegexp(`.*`)";
    expect(await route(anyHost)).to.equal("made");
    expect(await route(anyHost, 9_999)).to.equal("made");
    const long = `${anyHost} || PathPrefix(\`/${"x".repeat(10_000)}\`)`;
    expect(await route(long, 5)).to.equal("made");
    // Traefik counts bytes, of which there are three here for each letter.
    const wide = `${anyHost} || PathPrefix(\`/${"€".repeat(3_500)}\`)`;
    const tooHigh = [route(anyHost, 10_000), route(anyHost, 2 ** 31 - 2), route(long), route(long, 0), route(wide)];
    for (const refused of tooHigh) expect(await refused).to.contain("would take requests from desktops");
  });

  it("are safe from the priority of an Ingress", async () => {
    expect(await ingress({})).to.equal("made");
    for (const priority of ["1", "9999", "-1"])
      expect(await ingress({ "router.priority": priority }), priority).to.equal("made");
    const highest = [
      ...["10000", "99999999999", " 10000", "1e9", "0x7fffffff"].map((priority) => ({ "router.priority": priority })),
      // Traefik takes no notice of case.
      { "Router.PRIORITY": "10000" },
    ];
    for (const annotations of highest)
      expect(await ingress(annotations), JSON.stringify(annotations)).to.contain("would take requests from desktops");
  });

  it("are safe from the length of an Ingress's rule", async () => {
    const byPattern = { "router.pathmatcher": "PathRegexp", "router.tls": "true" };
    expect(await ingress(byPattern, `/(.*|${"a".repeat(300)})`)).to.equal("made");
    const longMatcher = { "router.pathmatcher": `PathPrefix(\`/\`) || PathRegexp${" ".repeat(10_000)}` };
    for (const refused of [
      ingress(byPattern, `/(.*|${"a".repeat(10_000)})`),
      // A letter in ten bytes, and no more than 10,000 of either.
      ingress(byPattern, `/(.*|${"\u{10ffff}".repeat(1_000)})`),
      ingress({ ...byPattern, "router.priority": "0" }, `/(.*|${"a".repeat(10_000)})`),
      ingress(longMatcher),
      ingress({ "Router.PathMatcher": longMatcher["router.pathmatcher"] }),
    ])
      expect(await refused).to.contain("would take requests from desktops");
  });

  it("are safe from TCP routes on the entry points of browsers, which come before all others", async () => {
    expect(await tcpRoute("HostSNI(`*`)", ["rdp"])).to.equal("made");
    expect(await tcpRoute("HostSNI(`mail.example.org`)")).to.equal("made");
    expect(await tcpRoute("HostSNI(`mail.example.org`) || HostSNI(`mx.example.org`)")).to.equal("made");
    for (const refused of [
      tcpRoute("HostSNI(`*`)"),
      tcpRoute("HostSNI(`*`)", ["rdp", "websecure"]),
      tcpRoute("HostSNIRegexp(`.+`)", ["websecure"]),
      tcpRoute("HostSNI(`abc.Desktops.lab.localhost`)", ["websecure"]),
      tcpRoute("HostSNI(`desktops.lab.localhost`)", ["websecure"]),
      tcpRoute("hostsniregexp(`.+`)", ["websecure"]),
      tcpRoute("ClientIP(`0.0.0.0/0`)", ["web"]),
      tcpRoute("!ALPN(`h3`)", ["websecure"]),
      tcpRoute('HostSNI("abc.desktops.lab\\u002elocalhost")', ["websecure"]),
    ])
      expect(await refused).to.contain("would take the hosts below");
  });
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error("it did not come to that in 30 s");
    await sleep(100);
  }
}
