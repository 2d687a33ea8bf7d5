import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { execa } from "execa";
import type { AnyObject, ObjectKey } from "../../kube/client.ts";
import type { OperatorProcess } from "../../lab/operator/operator-process.ts";
import { apiVersion } from "../../operator/api/objects.ts";
import type { VDIPool, VDISession, VDITemplate } from "../../operator/api/objects.ts";
import type { VDIPoolSpec } from "../../operator/api/vdi-pool.ts";
import type { Pod } from "../../operator/kinds.ts";
import { adoption } from "../../operator/pool/adoption.ts";
import { controllerUid } from "../../operator/resources/keys.ts";
import { isReady } from "../../analyzers/readiness.ts";
import { labels } from "../../operator/resources/labels.ts";
import { desktopName, podName } from "../../operator/resources/names.ts";
import { OperatorHarness } from "./operator-harness.ts";

describe("warm pools", () => {
  const harness = new OperatorHarness();
  let operator: OperatorProcess;
  let template: VDITemplate;

  // The next one begins at once, where it would wait for the Lease of one that was killed.
  const start = () => harness.operator({ env: { VDI_LEADER_ELECTION: "false" } });

  before(async () => {
    await harness.open();
    operator = await start();
    template = await harness.template();
  });
  after(() => harness.close());

  const keyOf = ({ metadata }: { metadata: { name: string } }, kind = "VDIPool"): ObjectKey => {
    const version = kind === "VDIPool" ? apiVersion : "v1";
    return { apiVersion: version, kind, metadata: { name: metadata.name, namespace: harness.namespace } };
  };

  /** A pool of the template, once it is full. */
  async function fullPool(given: Partial<VDIPoolSpec> = {}): Promise<VDIPool> {
    return full(await harness.pool({ template: template.metadata.name, replicas: 2, ...given }));
  }

  async function full(pool: VDIPool): Promise<VDIPool> {
    const isFull = (it: VDIPool | undefined) => {
      const ready = it?.status?.conditions?.find(({ type }) => type === "Ready");
      return (
        it?.status?.observedGeneration === it?.metadata.generation &&
        ready?.status === "True" &&
        it?.status?.readyReplicas === it?.status?.desiredReplicas
      );
    };
    return (await harness.waitFor<VDIPool>(keyOf(pool), isFull, 60_000))!;
  }

  async function podsOf({ metadata }: VDIPool | VDISession): Promise<Pod[]> {
    const all = (await harness.client.list("v1", "Pod", { namespace: harness.namespace })) as unknown as Pod[];
    return all.filter((pod) => controllerUid(pod) === metadata.uid);
  }

  async function secretOf(pod: { metadata: { name: string } }): Promise<AnyObject | undefined> {
    return harness.client.get(keyOf(pod, "Secret"));
  }

  async function remove(...objects: { kind?: string; metadata: { name: string } }[]): Promise<void> {
    const keys = objects.map((it) => (it.kind === "VDISession" ? harness.keyOf(it) : keyOf(it)));
    await Promise.all(keys.map((key) => harness.client.delete(key)));
    for (const key of keys) await harness.waitForGone(key);
  }

  // They shrink while the tests between go on, on desktops of another template.
  let scheduled: VDIPool;
  let busy: VDIPool;
  let demanding: VDISession[];

  it("grow by a schedule, and with the sessions that start", async () => {
    const minute = 60_000;
    // From the last minute to the next that is at least 20 s away: time enough to see the pool grown.
    const clock = (atMs: number) => new Date(atMs).toISOString().slice(11, 16);
    const to = clock(Date.now() + minute + 20_000);
    const periods = [{ from: clock(Date.now() - minute), to, replicas: 3 }];
    const own = { template: (await harness.template()).metadata.name };
    scheduled = await harness.pool({ ...own, replicas: 1, schedule: { timeZone: "UTC", periods } });
    const isGrown = (replicas: number) => (it: VDIPool | undefined) => it?.status?.readyReplicas === replicas;
    await harness.waitFor<VDIPool>(keyOf(scheduled), isGrown(3));

    const sought = { template: (await harness.template()).metadata.name };
    busy = await harness.pool({ ...sought, replicas: 0, demand: { window: "20s", max: 2 } });
    expect((await full(busy)).status?.desiredReplicas).to.equal(0);
    demanding = await Promise.all([1, 2, 3].map(() => harness.session(sought)));
    await harness.waitFor<VDIPool>(keyOf(busy), isGrown(2));
  });

  it("give a session its desktop in one write: no pod and no Secret are made for it", async () => {
    const pool = await fullPool();
    const before = await podsOf(pool);
    const secrets = await Promise.all(before.map(secretOf));
    const begun = performance.now();
    const session = await harness.waitForCondition(await harness.session({ template: template.metadata.name }));
    const tookMs = performance.now() - begun;
    const { launch, podName, credentialsSecretName } = session.status ?? {};
    expect(launch).to.equal("Warm");
    expect(before.map(({ metadata }) => metadata.name)).to.include(podName);
    expect(credentialsSecretName).to.equal(podName);
    expect(tookMs).to.be.lessThan(3_000);

    const [pod, ...others] = await podsOf(session);
    expect(others).to.deep.equal([]);
    const was = before.find(({ metadata }) => metadata.name === podName);
    expect(pod?.metadata.uid).to.equal(was?.metadata.uid);
    expect(pod?.metadata.labels?.[labels.pool]).to.equal(was?.metadata.labels?.[labels.pool]);
    const secret = secrets.find((it) => it?.metadata?.name === podName);
    expect((await secretOf(pod!))?.metadata?.resourceVersion).to.equal(secret?.metadata?.resourceVersion);
    expect(secret?.metadata?.ownerReferences?.[0]).to.include({ kind: "Pod", uid: pod?.metadata.uid });
    expect(await harness.client.get(keyOf({ metadata: { name: desktopName(session) } }, "Pod"))).to.equal(undefined);

    // The pool makes another one in its place.
    await harness.waitFor<VDIPool>(keyOf(pool), (it) => it?.status?.readyReplicas === 2, 60_000);
    expect((await podsOf(pool)).map(({ metadata }) => metadata.name)).not.to.include(podName);
    await remove(session, pool);
    await harness.waitForGone(keyOf(pod!, "Secret"));
  });

  it("end what they made with themselves, and leave the desktops that sessions took", async () => {
    const pool = await fullPool();
    const session = await harness.waitForCondition(await harness.session({ template: template.metadata.name }));
    const waiting = await podsOf(await full(pool));
    await remove(pool);
    await Promise.all(
      waiting.flatMap((pod) => [harness.waitForGone(keyOf(pod, "Pod")), harness.waitForGone(keyOf(pod, "Secret"))]),
    );
    const [pod] = await podsOf(session);
    expect(isReady(pod)).to.equal(true);
    expect(await secretOf(pod!)).not.to.equal(undefined);
    expect((await harness.read(session))?.status?.phase).to.equal("Running");
    await remove(session);
  });

  it("start a session cold that they cannot serve", async () => {
    const pool = await fullPool();
    const cold = await Promise.all([
      harness.session({ template: template.metadata.name, resources: { cpu: "20m" } }),
      harness.session({ template: template.metadata.name, persistence: { enabled: true, size: "1Gi" } }),
    ]);
    for (const session of cold) {
      const { status } = await harness.waitForCondition(session);
      expect([status?.launch, status?.podName]).to.deep.equal(["Cold", podName(session)]);
    }
    expect(await podsOf(pool)).to.have.lengthOf(2);
    await remove(...cold, pool);
  });

  it("give a desktop to one session only, and leave the others to start cold", async () => {
    const pool = await fullPool({ replicas: 10 });
    const before = new Set((await podsOf(pool)).map(({ metadata }) => metadata.name));
    const sessions = await Promise.all(
      Array.from({ length: 20 }, () => harness.session({ template: template.metadata.name })),
    );
    const ready = await Promise.all(sessions.map((session) => harness.waitForCondition(session, {}, 60_000)));
    const names = ready.map(({ status }) => status?.podName ?? "");
    expect(new Set(names).size).to.equal(20);
    expect(names.filter((name) => before.has(name))).to.have.lengthOf(10);
    for (const session of ready) expect(await podsOf(session)).to.have.lengthOf(1);
    await full(pool);
    await remove(pool, ...ready);
  });

  it("give nobody more desktops than one may have, when sessions that could not start are corrected at once", async () => {
    const limited = await harness.template({
      resources: { default: { gpu: 0, cpu: "10m", memory: "16Mi" }, max: { gpu: 0, cpu: "20m", memory: "32Mi" } },
    });
    const pool = await fullPool({ template: limited.metadata.name, replicas: 5 });
    await operator.kill();
    operator = await harness.operator({ env: { VDI_LEADER_ELECTION: "false", VDI_MAX_SESSIONS_PER_USER: "2" } });
    const spec = { template: limited.metadata.name, user: "many@example.com", resources: { cpu: "1" } };
    const sessions = await Promise.all([1, 2, 3, 4, 5].map(() => harness.session(spec)));
    for (const it of sessions) await harness.waitForCondition(it, { status: "False", reason: "ResourcesExceeded" });
    await Promise.all(sessions.map((it) => harness.patch(it, { resources: { cpu: "10m" } })));
    const isJudged = ({ metadata, status }: VDISession) =>
      status?.observedGeneration === metadata.generation &&
      (status?.phase === "Running" || status?.message?.includes("may not have more desktops") === true);
    for (const it of sessions) await harness.waitForSession(it, isJudged);
    await sleep(1_000);
    const pods = (await Promise.all(sessions.map(podsOf))).flat();
    expect(pods).to.have.lengthOf(2);
    await operator.kill();
    operator = await start();
    await remove(pool, ...sessions);
  });

  it("serve a session that an operator was killed over just after it took a desktop", async () => {
    const pool = await fullPool();
    await operator.kill();
    // What the dead one had done so far.
    const session = await harness.session({ template: template.metadata.name });
    const [pod] = await podsOf(pool);
    await harness.client.mergePatch(adoption(session, pod!), "kasm-operator");
    operator = await start();
    const { status } = await harness.waitForCondition(session);
    expect([status?.launch, status?.podName]).to.deep.equal(["Warm", pod?.metadata.name]);
    expect(await podsOf(session)).to.have.lengthOf(1);
    for (const kind of ["Service", "IngressRoute", "NetworkPolicy"] as const)
      expect(await harness.children(kind, session), kind).to.have.lengthOf(1);
    await full(pool);
    expect(await podsOf(pool)).to.have.lengthOf(2);
    await remove(session, pool);
  });

  it("leave one desktop to a session for which two leaders took one each", async () => {
    const pool = await fullPool();
    await operator.kill();
    const session = await harness.session({ template: template.metadata.name });
    for (const pod of await podsOf(pool)) await harness.client.mergePatch(adoption(session, pod), "kasm-operator");
    operator = await start();
    const { status } = await harness.waitForCondition(session);
    const deadline = Date.now() + 60_000;
    while ((await podsOf(session)).length > 1 && Date.now() < deadline) await sleep(100);
    expect((await podsOf(session)).map(({ metadata }) => metadata.name)).to.deep.equal([status?.podName]);
    await remove(session, pool);
  });

  it("make the Secret of a pod that an operator was killed over before it had one", async () => {
    const pool = await fullPool();
    await operator.kill();
    const pods = await podsOf(pool);
    for (const pod of pods) await harness.client.delete(keyOf(pod, "Secret"));
    operator = await start();
    for (const pod of pods) await harness.waitFor(keyOf(pod, "Secret"), (it) => it !== undefined);
    const { status } = await harness.waitForCondition(await harness.session({ template: template.metadata.name }));
    expect(status?.launch).to.equal("Warm");
    await remove(pool);
  });

  it("come through an operator that is killed again and again while sessions start", async () => {
    const pool = await fullPool({ replicas: 6 });
    const sessions: VDISession[] = [];
    for (const afterMs of [5, 20, 40, 80]) {
      sessions.push(...(await Promise.all([1, 2, 3].map(() => harness.session({ template: template.metadata.name })))));
      await sleep(afterMs);
      await operator.kill();
      operator = await start();
    }
    const ready = await Promise.all(sessions.map((session) => harness.waitForCondition(session, {}, 90_000)));
    expect(new Set(ready.map(({ status }) => status?.podName)).size).to.equal(sessions.length);
    for (const session of ready) expect(await podsOf(session)).to.have.lengthOf(1);
    await full(pool);
    for (const pod of await podsOf(pool)) expect(await secretOf(pod), pod.metadata.name).not.to.equal(undefined);
    await remove(pool, ...ready);
  });

  it("replace their desktops when the template is edited, and never have fewer ready than wanted", async () => {
    const own = await harness.template();
    const pool = await full(await harness.pool({ template: own.metadata.name, replicas: 3 }));
    const before = (await podsOf(pool)).map(({ metadata }) => metadata.name);
    const image = "lab.invalid/desktop:2";
    await harness.client.mergePatch({
      apiVersion,
      kind: "VDITemplate",
      metadata: { name: own.metadata.name },
      spec: { image },
    });
    let fewest = Infinity;
    let most = 0;
    const deadline = Date.now() + 60_000;
    for (;;) {
      const pods = (await podsOf(pool)).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
      fewest = Math.min(fewest, pods.filter(isReady).length);
      most = Math.max(most, pods.length);
      if (pods.filter(isReady).length === 3 && pods.every(({ metadata }) => !before.includes(metadata.name))) break;
      if (Date.now() > deadline) throw new Error("the desktops were not replaced within a minute");
      await sleep(20);
    }
    expect([fewest, most]).to.deep.equal([3, 4]);
    await full(pool);
    const { status } = await harness.waitForCondition(await harness.session({ template: own.metadata.name }));
    expect(status?.launch).to.equal("Warm");
    await remove(pool);
  });

  it("are scaled by kubectl, and say how they are in one line", async () => {
    const pool = await fullPool({ replicas: 1 });
    const { name } = pool.metadata;
    const kubectl = (...args: string[]) => execa("kubectl", ["--namespace", harness.namespace, ...args]);
    await kubectl("scale", "vdip", name, "--replicas", "4");
    await harness.waitFor<VDIPool>(keyOf(pool), (it) => it?.status?.readyReplicas === 4, 60_000);
    const { stdout } = await kubectl("get", "vdip", name);
    const [header = "", line = ""] = stdout.split("\n");
    expect(header.split(/\s+/)).to.deep.equal(["NAME", "TEMPLATE", "DESIRED", "READY", "REASON", "AGE"]);
    expect(line.split(/\s+/).slice(0, 5)).to.deep.equal([name, template.metadata.name, "4", "4", "Ready"]);
    const { status } = (await harness.client.get(keyOf(pool))) as unknown as VDIPool;
    const selected = await harness.client.list("v1", "Pod", {
      namespace: harness.namespace,
      labelSelector: status?.selector ?? "",
    });
    expect(selected).to.have.lengthOf(4);
    await kubectl("scale", "vdip", name, "--replicas", "0");
    await harness.waitFor<VDIPool>(keyOf(pool), (it) => it?.status?.replicas === 0, 60_000);
    await kubectl("wait", "--for=condition=Ready", `vdip/${name}`, "--timeout=20s");
    await remove(pool);
  });

  it("wait for a template that is not there, and say so", async () => {
    const pool = await harness.pool({ template: harness.name("missing"), replicas: 1 });
    const isStalled = (it: VDIPool | undefined) =>
      it?.status?.conditions?.some(({ type, reason }) => type === "Stalled" && reason === "TemplateMissing") ?? false;
    await harness.waitFor<VDIPool>(keyOf(pool), isStalled);
    await harness.template({}, pool.spec.template);
    await full(pool);
    await remove(pool);
  });

  it("tell of a quota, and go on when it is raised", async () => {
    const { namespace } = harness;
    const quota = { apiVersion: "v1", kind: "ResourceQuota", metadata: { name: harness.name("quota"), namespace } };
    await harness.create({ ...quota, spec: { hard: { pods: "0" } } });
    await harness.waitFor(quota, (it) => (it?.["status"] as { hard?: object } | undefined)?.hard !== undefined);
    const pool = await harness.pool({ template: template.metadata.name, replicas: 2 });
    const isStalled = (it: VDIPool | undefined) =>
      it?.status?.conditions?.some(({ type, reason }) => type === "Stalled" && reason === "QuotaExceeded") ?? false;
    await harness.waitFor<VDIPool>(keyOf(pool), isStalled);
    await harness.client.delete(quota);
    await full(pool);
    await remove(pool);
  });

  it("have shrunk when the schedule's time is over, and when no session has started for a while", async () => {
    const isShrunk = (replicas: number) => (it: VDIPool | undefined) => it?.status?.desiredReplicas === replicas;
    await harness.waitFor<VDIPool>(keyOf(scheduled), isShrunk(1), 120_000);
    await harness.waitFor<VDIPool>(keyOf(busy), isShrunk(0), 60_000);
    await remove(scheduled, busy, ...demanding);
  });

  it("write nothing while nothing changes, also when they are looked at", async () => {
    const pool = await fullPool();
    const writes = async () => {
      const methods = ["POST", "PATCH", "DELETE"];
      const counts = methods.map((method) => operator.metric("rest_client_requests_total", { method }));
      return (await Promise.all(counts)).reduce((sum, count) => sum + count);
    };
    // What the tests before left is told in statuses of templates and in events.
    let wrote = await writes();
    for (let quietMs = 0; quietMs < 3_000; quietMs += 500) {
      await sleep(500);
      const now = await writes();
      if (now !== wrote) quietMs = 0;
      wrote = now;
    }
    const touched = { ...keyOf(pool).metadata, annotations: { touched: "1" } };
    await harness.client.mergePatch({ ...keyOf(pool), metadata: touched });
    await sleep(2_000);
    expect(await writes()).to.equal(wrote);
    await remove(pool);
  });
});
