import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { AnyObject } from "../../kube/client.ts";
import type { VDISession } from "../../operator/api/objects.ts";
import { desktopName } from "../../operator/resources/names.ts";
import { OperatorUnderFault } from "./operator-under-fault.ts";
import type { ChildKind, RunningOperator } from "./operator-under-fault.ts";

describe("what others do to the children of a session", function () {
  this.timeout(120_000);
  const world = new OperatorUnderFault("children");
  const server = world.server();
  let operator: RunningOperator;
  let session: VDISession;

  before(async () => {
    await world.open();
    operator = await world.operator(server);
    await operator.ready();
    session = await world.session("own");
    await world.phase(session, "Running");
  });
  after(() => world.close());
  afterEach(async function () {
    if (this.currentTest?.isFailed()) return;
    // Nobody fights for ever: once it is put back, nothing is written any more.
    await sleep(800);
    const before = server.writes.length;
    await sleep(700);
    expect(server.writes.slice(before).map(({ method, path }) => `${method} ${path}`)).to.deep.equal([]);
  });

  /** All of an object that the operator says, without what the API server adds of its own. */
  function essence({ metadata, ...rest }: AnyObject): unknown {
    const spec = (rest["spec"] ?? {}) as Record<string, unknown>;
    const owners = metadata?.ownerReferences?.map(({ uid, controller }) => ({ uid, controller }));
    return { labels: metadata?.labels, owners, spec: metadata?.name && rest.kind === "Pod" ? undefined : spec };
  }

  async function isPutBack(kind: ChildKind | "PersistentVolumeClaim", change: object): Promise<void> {
    const wanted = essence((await world.child(kind, session))!);
    const key = world.childKey(kind, session);
    const { metadata, ...rest } = change as { metadata?: object };
    await world.client.mergePatch({ ...key, ...rest, metadata: { ...key.metadata, ...metadata } }, "somebody");
    const isBack = (it: AnyObject | undefined) =>
      it !== undefined && JSON.stringify(essence(it)) === JSON.stringify(wanted);
    await world.until<AnyObject>(key, isBack, 10_000).catch((error: unknown) => {
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
    ["IngressRoute", "it gets a certificate of somebody else", { spec: { tls: { secretName: "evil" } } }],
    ["NetworkPolicy", "it is opened for everyone", { spec: everyone }],
    ["NetworkPolicy", "it is made to choose nobody", { spec: { podSelector: { matchLabels: { no: "body" } } } }],
  ];
  for (const [kind, what, change] of changes) it(`${kind}: is put back when ${what}`, () => isPutBack(kind, change));

  for (const kind of ["Pod", "Service", "IngressRoute", "NetworkPolicy"] as const)
    it(`${kind}: is made again when it is deleted by hand, and nothing else is`, async () => {
      const before = await world.child(kind, session);
      const password = await world.password(session);
      await world.client.delete(world.childKey(kind, session), "Background", { gracePeriodSeconds: 1 });
      const isNew = (it: AnyObject | undefined) => it !== undefined && it.metadata?.uid !== before?.metadata?.uid;
      const made = await world.until<AnyObject>(world.childKey(kind, session), isNew, 20_000);
      expect(essence(made)).to.deep.include({ labels: before?.metadata?.labels });
      await world.phase(session, "Running");
      expect(await world.password(session)).to.equal(password);
    });

  it("makes the home again when it was deleted by hand while the desktop was suspended", async () => {
    const suspended = await world.session("homeless");
    await world.phase(suspended, "Running");
    await world.patch(suspended, { desiredState: "Suspended" });
    await world.until<AnyObject>(world.childKey("Pod", suspended), (it) => it === undefined);
    await world.client.delete(world.childKey("PersistentVolumeClaim", suspended));
    await world.until<AnyObject>(world.childKey("PersistentVolumeClaim", suspended), (it) => it === undefined);
    await world.patch(suspended, { desiredState: "Running" });
    await world.phase(suspended, "Running");
  });

  it("takes the home with a session that asks for it also when its labels were taken away", async () => {
    const reclaimed = await world.session("reclaimed", { persistence: { enabled: true, reclaim: "Delete" } });
    await world.phase(reclaimed, "Running");
    const key = world.childKey("PersistentVolumeClaim", reclaimed);
    await world.client.mergePatch({ ...key, metadata: { ...key.metadata, ...hidden.metadata } as never }, "somebody");
    await sleep(500);
    await world.client.delete(world.keyOf(reclaimed));
    await world.gone(reclaimed, { home: true });
  });

  it("takes over a Service, a route, a policy and a Secret that have its names, and no pod: it says what to do", async () => {
    await operator.stop();
    const late = await world.session("late");
    const metadata = { name: desktopName(late), namespace: world.namespace };
    const spec = { selector: { vdi: "no" }, ports: [{ port: 22 }] };
    await world.create({ apiVersion: "v1", kind: "Service", metadata, spec });
    await world.create({ ...world.childKey("IngressRoute", late), spec: { routes: [] } });
    await world.create({ ...world.childKey("NetworkPolicy", late), spec: { podSelector: {}, ingress: [{}] } });
    await world.create({ apiVersion: "v1", kind: "Secret", metadata, stringData: { password: "chosen by somebody" } });
    const containers = [{ name: "evil", image: "lab.invalid/evil:1" }];
    await world.create({ apiVersion: "v1", kind: "Pod", metadata, spec: { containers } });
    operator = await world.operator(server);
    await operator.ready();
    const told = await world.until(world.keyOf(late), (it) => it?.status?.message?.includes("did not make") === true);
    expect(told.status?.phase).not.to.equal("Running");
    expect((await world.child("Pod", late))?.metadata?.labels).to.equal(undefined);

    await world.client.delete(world.childKey("Pod", late), "Background", { gracePeriodSeconds: 0 });
    await world.phase(late, "Running", 45_000);
    expect(await world.password(late)).not.to.equal("chosen by somebody");
    const service = (await world.child("Service", late))?.["spec"] as { ports: { port: number }[]; selector: object };
    expect(service.ports.map(({ port }) => port)).to.deep.equal([8080]);
    expect(service.selector).not.to.have.property("vdi");
    const policy = (await world.child("NetworkPolicy", late))?.["spec"] as { ingress: object[] };
    expect(policy.ingress).not.to.deep.equal([{}]);
  });
});
