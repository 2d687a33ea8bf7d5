import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { VDISession } from "../../operator/api/objects.ts";
import { condition } from "../../operator/lifetime/idle-clock.ts";
import { namespaceOfItsOwn } from "./operator-fixture.ts";
import { OperatorHarness } from "./operator-harness.ts";

describe("a cluster whose admission webhook is away", function () {
  this.timeout(120_000);
  const harness = new OperatorHarness(namespaceOfItsOwn("webhook"));
  const webhook = {
    ...{ apiVersion: "admissionregistration.k8s.io/v1", kind: "ValidatingWebhookConfiguration" },
    metadata: { name: harness.name("webhook") },
  };
  after(() => harness.close());

  it("is named in the status of a session that waits for it, which goes on by itself", async () => {
    await harness.open();
    await harness.create({
      ...webhook,
      webhooks: [
        {
          ...{ name: "pods.policy.example.com", failurePolicy: "Fail", sideEffects: "None" },
          ...{ admissionReviewVersions: ["v1"], clientConfig: { url: "https://127.0.0.1:1/" } },
          namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": harness.namespace } },
          rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] }],
        },
      ],
    });
    await harness.operator();
    const session = await harness.session({}, "kept");
    const isTold = ({ status }: VDISession) => condition(status?.conditions, "Ready")?.reason === "WebhookUnreachable";
    const told = await harness.waitForSession(session, isTold);
    expect(told.status?.message).to.contain("pods.policy.example.com");
    await harness.client.delete(webhook);
    await harness.waitForPhase(session, "Running", 45_000);
  });
});

describe("a cluster that refuses a desktop", function () {
  this.timeout(240_000);
  const harness = new OperatorHarness(namespaceOfItsOwn("refuses"));
  const seenBy = harness.server();
  after(() => harness.close());

  const reason = ({ status }: VDISession) => condition(status?.conditions, "Ready")?.reason;

  it("is asked ever more seldom, whatever wakes the session, which says all the time what is in its way", async () => {
    await harness.open();
    const quota = {
      ...{ apiVersion: "v1", kind: "ResourceQuota" },
      metadata: { name: "desktops", namespace: harness.namespace },
    };
    await harness.create({ ...quota, spec: { hard: { pods: "0" } } });
    await harness.operator({ server: seenBy });
    const session = await harness.session();
    const key = harness.keyOf(session);
    await harness.waitForSession(session, (it) => reason(it) === "QuotaExceeded");
    const before = seenBy.writes.length;
    const seen = new Set<string | undefined>();
    for (let step = 0; step < 120; step++) {
      const labels = { step: String(step) };
      const found = await harness.client.mergePatch({ ...key, metadata: { ...key.metadata, labels } }, "engine-test");
      seen.add(reason(found as unknown as VDISession));
      await sleep(300);
    }
    const writes = seenBy.writes.slice(before);
    expect(writes.filter(({ resource }) => resource === "pods").length).to.be.within(1, 5);
    expect(writes.length).to.be.at.most(15);
    expect([...seen]).to.deep.equal(["QuotaExceeded"]);
    await harness.client.delete(quota);
    await harness.waitForPhase(session, "Running", 150_000);
  });
});
