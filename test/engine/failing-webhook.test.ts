import { expect } from "chai";
import type { VDISession } from "../../operator/api/objects.ts";
import { condition } from "../../operator/lifetime/idle-clock.ts";
import { OperatorUnderFault } from "./operator-under-fault.ts";

describe("a cluster whose admission webhook is away", function () {
  this.timeout(120_000);
  const world = new OperatorUnderFault("webhook");
  const webhook = {
    ...{ apiVersion: "admissionregistration.k8s.io/v1", kind: "ValidatingWebhookConfiguration" },
    metadata: { name: world.namespace },
  };
  after(async () => {
    await world.client.delete(webhook);
    await world.close();
  });

  it("is named in the status of a session that waits for it, which goes on by itself", async () => {
    await world.open();
    await world.create({
      ...webhook,
      webhooks: [
        {
          ...{ name: "pods.policy.example.com", failurePolicy: "Fail", sideEffects: "None" },
          ...{ admissionReviewVersions: ["v1"], clientConfig: { url: "https://127.0.0.1:1/" } },
          namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": world.namespace } },
          rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] }],
        },
      ],
    } as never);
    await (await world.operator(world.server())).ready();
    const session = await world.session("kept");
    const isTold = (it: VDISession | undefined) => condition(it?.status?.conditions, "Ready")?.reason === "WriteFailed";
    const told = await world.until(world.keyOf(session), isTold);
    expect(told.status?.message).to.contain("pods.policy.example.com");
    await world.client.delete(webhook);
    await world.phase(session, "Running", 45_000);
  });
});
