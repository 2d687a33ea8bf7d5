import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { execa } from "execa";
import { apiMessage } from "../../kube/client.ts";
import type { AnyObject, ObjectKey } from "../../kube/client.ts";
import type { OperatorProcess } from "../../lab/operator/operator-process.ts";
import type { VDISession } from "../../operator/api/objects.ts";
import { condition } from "../../operator/lifetime/idle-clock.ts";
import { labels } from "../../operator/resources/labels.ts";
import { userHash } from "../../operator/resources/names.ts";
import { childKinds } from "./desktops.ts";
import { namespaceOfItsOwn } from "./operator-fixture.ts";
import { OperatorHarness } from "./operator-harness.ts";

describe("a session's end", function () {
  this.timeout(180_000);
  const harness = new OperatorHarness(namespaceOfItsOwn("end"));
  let operator: OperatorProcess;
  before(async () => {
    await harness.open();
    operator = await harness.operator();
    await harness.create({
      ...{ apiVersion: "rbac.authorization.k8s.io/v1", kind: "RoleBinding" },
      metadata: { name: "users", namespace: harness.namespace },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "kasm-vdi-user" },
      subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "mallory" }],
    });
  });
  after(() => harness.close());

  const finalizer = "test.kasm-vdi/keep";
  const setFinalizers = (of: { apiVersion: string; kind: string; metadata: { name: string } }, finalizers: string[]) =>
    harness.client.mergePatch({ ...of, metadata: { ...of.metadata, finalizers } }, "engine-test");
  const runs = async (name: string, given: Record<string, unknown> = {}) => {
    const session = await harness.session(given, name);
    await harness.waitForPhase(session, "Running");
    return session;
  };
  const told = (session: VDISession, reason: string, words: string[], timeoutMs = 30_000) =>
    harness.waitForSession(
      session,
      ({ status }) =>
        condition(status?.conditions, "Ready")?.reason === reason &&
        words.every((it) => status?.message?.includes(it) === true),
      timeoutMs,
    );
  const childrenGone = async (session: VDISession) => {
    for (const kind of childKinds) await harness.waitForGone(harness.childKey(kind, session));
  };

  it("stops the desktop and closes its way at once, whoever's finalizer keeps the session", async () => {
    const session = await runs("kept");
    await setFinalizers(harness.keyOf(session), [finalizer]);
    await harness.client.delete(harness.keyOf(session));
    await childrenGone(session);
    await told(session, "Terminating", [`finalizer ${finalizer} keeps the session`]);
    await setFinalizers(harness.keyOf(session), []);
    await harness.waitForGone(harness.keyOf(session));
  });

  it("takes all with it that was to be orphaned", async () => {
    const session = await runs("orphaned");
    await harness.client.delete(harness.keyOf(session), "Orphan");
    await harness.waitForEnd(session);
  });

  it("takes all with it that was orphaned while no operator ran, of a pool too", async () => {
    const template = await harness.template();
    const pool = await harness.pool({ template: template.metadata.name, replicas: 2 });
    const warm = () =>
      harness.client
        .list("v1", "Pod", { namespace: harness.namespace })
        .then((pods) => pods.filter(({ metadata }) => metadata?.name?.startsWith(pool.metadata.name)));
    while ((await warm()).length < 2) await sleep(100);
    const session = await runs("orphaned-alone");
    await operator.stop();
    await harness.client.delete(harness.keyOf(session), "Orphan");
    const poolKey = { apiVersion: "vdi.kasm.io/v1alpha1", kind: "VDIPool", metadata: pool.metadata };
    await harness.client.delete(poolKey, "Orphan");
    await harness.waitForGone(harness.keyOf(session));
    await harness.waitForGone(poolKey);
    const pod = await harness.child("Pod", session);
    expect(pod?.metadata?.ownerReferences ?? []).to.deep.equal([]);
    operator = await harness.operator();
    await childrenGone(session);
    while ((await warm()).length > 0) await sleep(100);
    expect(await operator.metric("vdi_orphans_removed_total")).to.be.at.least(6);
  });

  it("is told while its pod does not end, and a resume tells no crash", async () => {
    const session = await runs("hanging");
    const pod = harness.childKey("Pod", session);
    await setFinalizers(pod, [finalizer]);
    await harness.patch(session, { desiredState: "Suspended" });
    const { nodeName = "" } = ((await harness.client.get(pod))?.["spec"] ?? {}) as { nodeName?: string };
    await told(session, "TerminatingStuck", [pod.metadata.name, nodeName, finalizer], 60_000);
    await harness.patch(session, { desiredState: "Running" });
    const message = (await told(session, "TerminatingStuck", [finalizer])).status?.message;
    expect(message).not.to.contain("exit code");
    await setFinalizers(pod, []);
    await harness.waitForPhase(session, "Running");
  });

  it("names pod and claim to the next session while a deleted home hangs on a pod", async () => {
    const user = "again@example.com";
    const ending = await runs("ending", { user, persistence: { enabled: true, reclaim: "Delete" } });
    const pod = harness.childKey("Pod", ending);
    await setFinalizers(pod, [finalizer]);
    await harness.client.delete(harness.keyOf(ending));
    await harness.waitForGone(harness.keyOf(ending));
    const next = await harness.session({ user }, "next");
    const claim = harness.childKey("PersistentVolumeClaim", next).metadata.name;
    await told(next, "ClaimTerminating", [claim, `pod ${pod.metadata.name}`]);
    await told(next, "ClaimTerminating", [claim, pod.metadata.name, finalizer], 60_000);
    await setFinalizers(pod, []);
    await harness.waitForPhase(next, "Running", 60_000);
  });

  it("leaves its desktop one of its user's until the pod has ended: making and deleting sessions gives nobody more", async () => {
    await operator.stop();
    operator = await harness.operator({ env: { VDI_MAX_SESSIONS_PER_USER: "2" } });
    try {
      const spec = { user: "loop@example.com", persistence: { enabled: false } };
      const pods = async () =>
        (await harness.client.list("v1", "Pod", { namespace: harness.namespace })).filter(
          ({ metadata }) => metadata?.labels?.[labels.user] === userHash(spec.user),
        );
      const slow: ObjectKey[] = [];
      for (let at = 0; at < 2; at++) {
        const session = await runs(`loop-${at}`, spec);
        slow.push(harness.childKey("Pod", session));
        await setFinalizers(slow[at]!, [finalizer]);
        await harness.client.delete(harness.keyOf(session));
        await harness.waitForGone(harness.keyOf(session));
      }
      for (let at = 2; at < 6; at++) {
        const session = await harness.session(spec, `loop-${at}`);
        await told(session, "Replacing", [`counts as one of ${spec.user}'s desktops`]);
        expect(await pods(), `with session ${at}`).to.have.lengthOf(2);
        await harness.client.delete(harness.keyOf(session));
        await harness.waitForGone(harness.keyOf(session));
      }
      const last = await harness.session(spec, "loop-last");
      await told(last, "Replacing", []);
      // And when the operator that saw the sessions is gone.
      await operator.kill();
      operator = await harness.operator({ env: { VDI_MAX_SESSIONS_PER_USER: "2" } });
      await told(last, "TerminatingStuck", [finalizer], 90_000);
      expect(await pods()).to.have.lengthOf(2);
      await setFinalizers(slow[0]!, []);
      await harness.waitForPhase(last, "Running", 60_000);
      await setFinalizers(slow[1]!, []);
    } finally {
      await operator.stop();
      operator = await harness.operator();
    }
  });

  describe("that a plain user would put off", () => {
    const asMallory = (object: AnyObject | undefined, ...args: string[]) =>
      execa("kubectl", ["-n", harness.namespace, "--as", "mallory", ...args], {
        ...(object && { input: JSON.stringify(object) }),
      }).then(
        ({ stdout }) => stdout,
        (error: unknown) => (error as { stderr?: string }).stderr ?? apiMessage(error),
      );
    const sessionOf = (name: string, metadata: object = {}): AnyObject => ({
      apiVersion: "vdi.kasm.io/v1alpha1",
      kind: "VDISession",
      metadata: { name, ...metadata },
      spec: { user: "mallory", template: harness.namespace },
    });

    it("is refused: finalizers at creation or later, and --cascade=orphan", async () => {
      for (const given of [finalizer, "orphan", "foregroundDeletion"])
        expect(await asMallory(sessionOf("mine", { finalizers: [given] }), "create", "-f", "-")).to.contain(
          "finalizers would keep the session",
        );
      await asMallory(sessionOf("mine"), "create", "-f", "-");
      const patch = JSON.stringify({ metadata: { finalizers: [finalizer] } });
      expect(await asMallory(undefined, "patch", "vdi/mine", "--type", "merge", "--patch", patch)).to.contain(
        "finalizers would keep the session",
      );
      expect(await asMallory(undefined, "delete", "vdi/mine", "--cascade=orphan")).to.contain("--cascade=orphan");
      expect(await asMallory(undefined, "delete", "vdi", "--all", "--cascade=orphan")).to.contain("--cascade=orphan");
    });

    it("is allowed to come, in the background or in the foreground, and other changes are too", async () => {
      await setFinalizers(harness.keyOf({ metadata: { name: "mine" } }), ["vdi.kasm.io/session-cleanup", finalizer]);
      const patch = JSON.stringify({ spec: { timeout: "7h" } });
      expect(await asMallory(undefined, "patch", "vdi/mine", "--type", "merge", "--patch", patch)).to.contain(
        "patched",
      );
      await setFinalizers(harness.keyOf({ metadata: { name: "mine" } }), []);
      expect(await asMallory(undefined, "delete", "vdi/mine", "--cascade=foreground")).to.contain("deleted");
      await asMallory(sessionOf("mine-2"), "create", "-f", "-");
      expect(await asMallory(undefined, "delete", "vdi/mine-2")).to.contain("deleted");
    });
  });
});
