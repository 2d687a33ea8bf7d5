import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { apiMessage } from "../../kube/client.ts";
import type { AnyObject } from "../../kube/client.ts";
import type { OperatorProcess } from "../../lab/operator/operator-process.ts";
import type { VDISession } from "../../operator/api/objects.ts";
import { desktopName } from "../../operator/resources/names.ts";
import { namespaceOfItsOwn } from "./operator-fixture.ts";
import type { ChildKind } from "./desktops.ts";
import { OperatorHarness } from "./operator-harness.ts";

describe("what others do to the children of a session", function () {
  this.timeout(120_000);
  const harness = new OperatorHarness(namespaceOfItsOwn("children"));
  const server = harness.server();
  let operator: OperatorProcess;
  let session: VDISession;

  before(async () => {
    await harness.open();
    operator = await harness.operator({ server });
    session = await harness.session({}, "own");
    await harness.waitForPhase(session, "Running");
  });
  after(() => harness.close());

  /** What a change left that the operator fights would be written again and again. */
  async function isAtPeace(): Promise<void> {
    await sleep(1_000);
    const before = server.writes.length;
    await sleep(3_000);
    expect(server.writes.slice(before).map(({ method, path }) => `${method} ${path}`)).to.deep.equal([]);
  }

  /** All of an object that the operator says, without what the API server adds of its own. */
  function essence({ metadata, ...rest }: AnyObject): unknown {
    const spec = (rest["spec"] ?? {}) as Record<string, unknown>;
    const owners = metadata?.ownerReferences?.map(({ uid, controller }) => ({ uid, controller }));
    return { labels: metadata?.labels, owners, spec: metadata?.name && rest.kind === "Pod" ? undefined : spec };
  }

  async function isPutBack(kind: ChildKind | "PersistentVolumeClaim", change: object): Promise<void> {
    const wanted = essence((await harness.child(kind, session))!);
    const key = harness.childKey(kind, session);
    const { metadata, ...rest } = change as { metadata?: object };
    await harness.client.mergePatch({ ...key, ...rest, metadata: { ...key.metadata, ...metadata } }, "somebody");
    const isBack = (it: AnyObject | undefined) =>
      it !== undefined && JSON.stringify(essence(it)) === JSON.stringify(wanted);
    await harness.waitFor(key, isBack, 10_000).catch((error: unknown) => {
      const said = JSON.stringify(essence((error as { last?: AnyObject }).last ?? {}));
      throw new Error(`${kind} stays ${said}, and not ${JSON.stringify(wanted)}\n${operator.log()}`);
    });
  }

  const noLabels = {
    metadata: { labels: Object.fromEntries(["session", "user", "template"].map((it) => [`vdi.kasm.io/${it}`, null])) },
  };
  const hidden = { metadata: { labels: { "app.kubernetes.io/managed-by": null } } };
  const orphaned = { metadata: { ownerReferences: [] } };
  const everyone = { ingress: [{}], egress: [{}] };
  const changes: [ChildKind | "PersistentVolumeClaim", string, object][] = [
    ...(["Pod", "Service", "IngressRoute", "NetworkPolicy"] as const).flatMap((kind) => [
      [kind, "its labels are taken away", noLabels] as [ChildKind, string, object],
      [kind, "the label by which the operator finds it is taken away", hidden] as [ChildKind, string, object],
      [kind, "its owner is taken away", orphaned] as [ChildKind, string, object],
    ]),
    [
      "Service",
      "its selector is turned to another desktop",
      { spec: { selector: { "vdi.kasm.io/session": "other" } } },
    ],
    [
      "Service",
      "it gets a second port",
      {
        spec: {
          ports: [
            { name: "stream", port: 8080, targetPort: "stream" },
            { name: "ssh", port: 22 },
          ],
        },
      },
    ],
    [
      "IngressRoute",
      "its host is changed",
      { spec: { routes: [{ kind: "Rule", match: "Host(`evil.example.com`)" }] } },
    ],
    ["NetworkPolicy", "it is opened for everyone", { spec: everyone }],
    ["NetworkPolicy", "it is made to choose nobody", { spec: { podSelector: { matchLabels: { no: "body" } } } }],
  ];
  for (const [kind, what, change] of changes) it(`${kind}: is put back when ${what}`, () => isPutBack(kind, change));

  it("IngressRoute: keeps its certificate, for nobody else may write a route of a desktop's priority", async () => {
    const route = { ...harness.childKey("IngressRoute", session), spec: { tls: { secretName: "evil" } } };
    const refusal = await harness.client.mergePatch(route, "somebody").then(String, apiMessage);
    expect(refusal).to.contain("would take requests from desktops");
  });

  it("are no fight: once all is put back, nothing is written any more", isAtPeace);

  for (const kind of ["Pod", "Service", "IngressRoute", "NetworkPolicy"] as const)
    it(`${kind}: is made again when it is deleted by hand, and nothing else is`, async () => {
      const before = await harness.child(kind, session);
      const password = await harness.password(session);
      await harness.client.delete(harness.childKey(kind, session), "Background", { gracePeriodSeconds: 1 });
      const isNew = (it: AnyObject | undefined) => it !== undefined && it.metadata?.uid !== before?.metadata?.uid;
      const made = await harness.waitFor(harness.childKey(kind, session), isNew, 20_000);
      expect(essence(made!)).to.deep.include({ labels: before?.metadata?.labels });
      await harness.waitForPhase(session, "Running");
      expect(await harness.password(session)).to.equal(password);
    });

  it("makes the home again when it was deleted by hand while the desktop was suspended", async () => {
    const suspended = await harness.session({}, "homeless");
    await harness.waitForPhase(suspended, "Running");
    await harness.patch(suspended, { desiredState: "Suspended" });
    await harness.waitFor(harness.childKey("Pod", suspended), (it) => it === undefined);
    await harness.client.delete(harness.childKey("PersistentVolumeClaim", suspended));
    await harness.waitFor(harness.childKey("PersistentVolumeClaim", suspended), (it) => it === undefined);
    await harness.patch(suspended, { desiredState: "Running" });
    await harness.waitForPhase(suspended, "Running");
  });

  it("takes the home with a session that asks for it also when its labels were taken away", async () => {
    const reclaimed = await harness.session({ persistence: { enabled: true, reclaim: "Delete" } }, "reclaimed");
    await harness.waitForPhase(reclaimed, "Running");
    const key = harness.childKey("PersistentVolumeClaim", reclaimed);
    await harness.client.mergePatch({ ...key, metadata: { ...key.metadata, ...hidden.metadata } as never }, "somebody");
    await sleep(500);
    await harness.client.delete(harness.keyOf(reclaimed));
    await harness.waitForEnd(reclaimed, { home: true });
  });

  it("takes over a Service, a route, a policy and a Secret that have its names, and no pod: it says what to do", async () => {
    await operator.stop();
    const late = await harness.session({}, "late");
    const metadata = { name: desktopName(late), namespace: harness.namespace };
    const spec = { selector: { vdi: "no" }, ports: [{ port: 22 }] };
    await harness.create({ apiVersion: "v1", kind: "Service", metadata, spec });
    await harness.create({ ...harness.childKey("IngressRoute", late), spec: { routes: [] } });
    await harness.create({ ...harness.childKey("NetworkPolicy", late), spec: { podSelector: {}, ingress: [{}] } });
    await harness.create({
      apiVersion: "v1",
      kind: "Secret",
      metadata,
      stringData: { password: "chosen by somebody" },
    });
    const containers = [{ name: "evil", image: "lab.invalid/evil:1" }];
    await harness.create({ ...harness.childKey("Pod", late), spec: { containers } });
    operator = await harness.operator({ server });
    const told = await harness.waitForSession(late, (it) => it.status?.message?.includes("did not make") === true);
    expect(told.status?.phase).not.to.equal("Running");
    expect((await harness.child("Pod", late))?.metadata?.labels).to.equal(undefined);

    await harness.client.delete(harness.childKey("Pod", late), "Background", { gracePeriodSeconds: 0 });
    await harness.waitForPhase(late, "Running", 45_000);
    expect(await harness.password(late)).not.to.equal("chosen by somebody");
    const service = (await harness.child("Service", late))?.["spec"] as { ports: { port: number }[]; selector: object };
    expect(service.ports.map(({ port }) => port)).to.deep.equal([8080]);
    expect(service.selector).not.to.have.property("vdi");
    const policy = (await harness.child("NetworkPolicy", late))?.["spec"] as { ingress: object[] };
    expect(policy.ingress).not.to.deep.equal([{}]);
  });

  it("are no fight: once all is made again, nothing is written any more", isAtPeace);
});
