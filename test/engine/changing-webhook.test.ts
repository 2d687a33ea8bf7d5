import { createServer } from "node:https";
import type { Server } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { AnyObject } from "../../kube/client.ts";
import { issueCertificate, makeAuthority } from "../../lab/cluster/certificate-authority.ts";
import type { VDISession } from "../../operator/api/objects.ts";
import { condition } from "../../operator/lifetime/idle-clock.ts";
import type { ChildKind } from "./desktops.ts";
import { namespaceOfItsOwn } from "./operator-fixture.ts";
import { OperatorHarness } from "./operator-harness.ts";

interface Patch {
  op: "add" | "replace" | "remove";
  path: string;
  value?: unknown;
}

/** What the webhook does at each admission, by kind. */
type Changes = Partial<Record<ChildKind, (object: AnyObject) => Patch[]>>;

const adds: Changes = {
  IngressRoute: () => [{ op: "add", path: "/spec/routes/0/middlewares/-", value: { name: "of-the-site" } }],
  NetworkPolicy: () => [{ op: "add", path: "/spec/ingress/-", value: { from: [{ podSelector: {} }] } }],
  Service: () => [{ op: "add", path: "/metadata/labels/of-the-site", value: "yes" }],
};
const fights: Changes = {
  IngressRoute: () => [{ op: "replace", path: "/spec/routes/0/middlewares", value: [{ name: "of-the-site" }] }],
};

describe("a cluster whose admission webhook changes the operator's objects", function () {
  this.timeout(180_000);
  const harness = new OperatorHarness(namespaceOfItsOwn("changes"));
  const seenBy = harness.server();
  let webhook: Server;
  let changes: Changes = {};

  before(async () => {
    await harness.open();
    const authority = await makeAuthority("webhook");
    const { certificate, key } = await issueCertificate(
      { name: "webhook", signedBy: "server-ca", commonName: "webhook", use: ["server"], ipAddresses: ["127.0.0.1"] },
      authority,
    );
    webhook = createServer({ cert: certificate, key }, (request, response) => {
      void text(request).then((body) => {
        const { uid, object } = (JSON.parse(body) as { request: { uid: string; object: AnyObject } }).request;
        const patch = changes[object.kind as keyof Changes]?.(object) ?? [];
        const answer = {
          uid,
          allowed: true,
          patchType: "JSONPatch",
          patch: Buffer.from(JSON.stringify(patch)).toString("base64"),
        };
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", response: answer }));
      });
    });
    await new Promise<void>((resolve) => webhook.listen(0, "127.0.0.1", resolve));
    const rule = (apiGroup: string, resource: string) => ({
      ...{ apiGroups: [apiGroup], apiVersions: ["*"], operations: ["CREATE", "UPDATE"], resources: [resource] },
    });
    await harness.create({
      ...{ apiVersion: "admissionregistration.k8s.io/v1", kind: "MutatingWebhookConfiguration" },
      metadata: { name: harness.name("webhook") },
      webhooks: [
        {
          ...{
            name: "changes.example.com",
            failurePolicy: "Fail",
            sideEffects: "None",
            admissionReviewVersions: ["v1"],
          },
          clientConfig: {
            url: `https://127.0.0.1:${(webhook.address() as AddressInfo).port}/`,
            caBundle: Buffer.from(authority.certificate).toString("base64"),
          },
          namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": harness.namespace } },
          rules: [
            rule("", "services"),
            rule("traefik.io", "ingressroutes"),
            rule("networking.k8s.io", "networkpolicies"),
          ],
        },
      ],
    });
    await harness.operator({ server: seenBy });
  });
  after(async () => {
    await harness.close();
    webhook.close();
  });

  const writesOf = async (session: VDISession, ms: number) => {
    const before = seenBy.writes.length;
    await sleep(ms);
    return seenBy.writes.slice(before).filter(({ path }) => path.includes(session.metadata.name));
  };

  it("keeps what it adds: the desktop runs, and nothing is written any more", async () => {
    changes = adds;
    const session = await harness.session();
    await harness.waitForPhase(session, "Running");
    const route = await harness.child("IngressRoute", session);
    expect(JSON.stringify(route?.["spec"])).to.contain("of-the-site");
    await sleep(1_500);
    expect((await writesOf(session, 5_000)).map(({ method, path }) => `${method} ${path}`)).to.deep.equal([]);
  });

  it("is told of in the status when it takes something away, and is written against ever more seldom", async () => {
    changes = fights;
    const session = await harness.session();
    const reason = ({ status }: VDISession) => condition(status?.conditions, "Ready")?.reason;
    const told = await harness.waitForSession(session, (it) => reason(it) === "ChildContested");
    expect(told.status?.message).to.contain("IngressRoute").and.to.contain("managedFields");
    // Each try is an apply and a patch, and the API server tells of both.
    expect((await writesOf(session, 20_000)).length).to.be.at.most(15);
    changes = {};
    await harness.waitForSession(session, (it) => reason(it) === "Ready", 90_000);
  });

  it("is told of in an event when another controller changes the status each time, which is written ever more seldom", async () => {
    changes = {};
    const session = await harness.session();
    await harness.waitForCondition(session);
    const before = seenBy.writes.length;
    const key = harness.keyOf(session);
    const endMs = Date.now() + 45_000;
    while (Date.now() < endMs) {
      await sleep(100);
      if ((await harness.read(session))?.status?.phase !== "Running") continue;
      const another = { fieldManager: "another", force: true };
      await harness.client.applyStatus({ ...key, status: { phase: "Failed" } }, another);
    }
    expect(seenBy.writes.slice(before).length).to.be.within(10, 15);
    const about = { namespace: harness.namespace, fieldSelector: `involvedObject.uid=${session.metadata.uid ?? ""}` };
    const told = (await harness.client.list("v1", "Event", about)).find((it) => it["reason"] === "StatusContested");
    expect(told?.["message"]).to.contain("mutating webhooks for vdisessions/status");
    await harness.waitForPhase(session, "Running", 90_000);
  });
});
