import { expect } from "chai";
import type { VDISession } from "../../operator/api/objects.ts";
import { condition } from "../../operator/lifetime/idle-clock.ts";
import { namespaceOfItsOwn } from "./operator-ground.ts";
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
    const isTold = ({ status }: VDISession) => condition(status?.conditions, "Ready")?.reason === "WriteFailed";
    const told = await harness.waitForSession(session, isTold);
    expect(told.status?.message).to.contain("pods.policy.example.com");
    await harness.client.delete(webhook);
    await harness.waitForPhase(session, "Running", 45_000);
  });
});
