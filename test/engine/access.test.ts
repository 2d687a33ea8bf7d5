import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { request } from "undici";
import { statusCode } from "../../kube/client.ts";
import type { AnyObject, ClusterClient, ObjectKey } from "../../kube/client.ts";
import { systemClock } from "../../kube/clock.ts";
import { secretCredentials } from "../../operator/credentials/stream-credentials.ts";
import { reviewActFor, reviewToken } from "../../operator/access/reviews.ts";
import { serveAccess } from "../../operator/access/server.ts";
import { wakeSession } from "../../operator/access/wake.ts";
import { crdFile } from "../../operator/api/crd-file.ts";
import type { VDISession } from "../../operator/api/objects.ts";
import { hostOf } from "../../operator/resources/names.ts";
import { OwnControlPlane } from "./control-plane-of-its-own.ts";

const namespace = "default";
const domain = "desktops.example.com";
const rbac = { apiVersion: "rbac.authorization.k8s.io/v1" };
const owner = { fieldManager: "test", force: true };
/** All that the operator needs for access, besides what its caches read. */
const rules = [
  { apiGroups: ["authentication.k8s.io"], resources: ["tokenreviews"], verbs: ["create"] },
  { apiGroups: ["authorization.k8s.io"], resources: ["subjectaccessreviews"], verbs: ["create"] },
  { apiGroups: [""], resources: ["secrets"], verbs: ["get"] },
  { apiGroups: ["vdi.kasm.io"], resources: ["vdisessions"], verbs: ["patch"] },
];
const actFor = [{ apiGroups: ["vdi.kasm.io"], resources: ["vdisessions"], verbs: ["act-for"] }];

describe("access, asked of a real API server", function () {
  this.timeout(180_000);
  const plane = new OwnControlPlane();
  const sessionKey = { apiVersion: "vdi.kasm.io/v1alpha1", kind: "VDISession", metadata: { name: "alice", namespace } };
  let admin: ClusterClient;
  let operator: ClusterClient;
  let session: VDISession;
  let access: Awaited<ReturnType<typeof serveAccess>>;
  const logged: string[] = [];

  async function find(key: ObjectKey, isThere: (object: AnyObject) => boolean = () => true): Promise<AnyObject> {
    for (let tries = 0; tries < 600; tries++) {
      const object = await admin.get(key);
      if (object && isThere(object)) return object;
      await sleep(100);
    }
    throw new Error(`no ${key.kind} ${key.metadata.name} in time`);
  }

  /** Token of a ServiceAccount that is made with these rights in the whole cluster. */
  async function tokenOf(name: string, given: object[]): Promise<string> {
    const serviceAccount = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace } };
    await admin.apply(serviceAccount, owner);
    await admin.apply({ ...rbac, kind: "ClusterRole", metadata: { name }, rules: given }, owner);
    const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name };
    const subjects = [{ kind: "ServiceAccount", name, namespace }];
    await admin.apply({ ...rbac, kind: "ClusterRoleBinding", metadata: { name }, roleRef, subjects }, owner);
    const annotations = { "kubernetes.io/service-account.name": name };
    const key = { apiVersion: "v1", kind: "Secret", metadata: { name: `${name}-token`, namespace } };
    await admin.apply(
      { ...key, metadata: { ...key.metadata, annotations }, type: "kubernetes.io/service-account-token" },
      owner,
    );
    const dataOf = (secret: AnyObject) => (secret["data"] ?? {}) as Record<string, string>;
    const secret = await find(key, (it) => dataOf(it)["token"] !== undefined);
    return Buffer.from(dataOf(secret)["token"] ?? "", "base64").toString();
  }

  async function askLink(token: string, name = "alice"): Promise<{ status: number; json: Record<string, string> }> {
    const answer = await fetch(`http://127.0.0.1:${access.port}/links`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ session: name }),
    });
    return { status: answer.status, json: (await answer.json()) as Record<string, string> };
  }

  /** A page that somebody opens: fetch would say that it is none. */
  const ask = (uri: string, headers: Record<string, string> = {}) =>
    request(`http://127.0.0.1:${access.port}/auth`, {
      headers: { "x-forwarded-host": hostOf(session, domain), "x-forwarded-uri": uri, accept: "text/html", ...headers },
    });
  const cookieOf = (answer: Awaited<ReturnType<typeof ask>>) => ({
    cookie: String(answer.headers["set-cookie"]).split(";")[0] ?? "",
  });

  before(async () => {
    await plane.up();
    admin = plane.client();
    const { items } = JSON.parse(readFileSync(crdFile, "utf8")) as { items: AnyObject[] };
    for (const crd of items) await admin.apply(crd, owner);
    const token = await tokenOf("kasm-operator", rules);
    operator = plane.client();
    operator.config.users = operator.config.users.map(({ name }) => ({ name, token }));

    const spec = { user: "system:serviceaccount:default:alice", template: "ubuntu" };
    const established = (crd: AnyObject) => JSON.stringify(crd["status"] ?? {}).includes('"Established"');
    const crd = { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" };
    await find({ ...crd, metadata: { name: "vdisessions.vdi.kasm.io" } }, established);
    const made = await admin.apply({ ...sessionKey, spec }, owner);
    session = made as unknown as VDISession;
    session.status = {
      ...{ phase: "Running", credentialsSecretName: "alice" },
      conditions: [
        { type: "Ready", status: "True", reason: "Ready", message: "", lastTransitionTime: "2026-01-01T00:00:00Z" },
      ],
    };
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "alice", namespace } };
    await admin.apply({ ...secret, stringData: { user: "desktop", password: "from the Secret" } }, owner);

    access = await serveAccess({
      ...{ port: 0, host: "127.0.0.1", domain, key: Buffer.alloc(32, "key"), clock: systemClock },
      sessions: {
        byHost: (host) => (host === hostOf(session, domain) ? session : undefined),
        byName: (name) => (name === session.metadata.name ? session : undefined),
        template: () => undefined,
      },
      credentials: secretCredentials(operator, namespace),
      wake: wakeSession(operator),
      review: reviewToken(operator),
      mayActFor: reviewActFor(operator, namespace),
      log: (level, message) => logged.push(`${level} ${message}`),
    });
  });
  after(async () => {
    await access.close();
    await plane.down();
  });

  it("gives links to the session's user and to a portal that may act for others, and to nobody else", async () => {
    const [alice, portal, mallory] = await Promise.all([
      tokenOf("alice", []),
      tokenOf("portal", actFor),
      tokenOf("mallory", []),
    ]);
    expect((await askLink(alice)).status).to.equal(200);
    expect((await askLink(portal)).status).to.equal(200);
    const refused = await askLink(mallory);
    expect(refused.status).to.equal(404);
    expect(refused.json["message"]).to.equal(
      "there is no session alice that system:serviceaccount:default:mallory may open, or it has ended",
    );
    expect((await askLink(`${alice}x`)).status).to.equal(401);
    expect(logged.join("\n")).to.not.contain("could not");
  });

  it("opens by such a link, with the password that the Secret has", async () => {
    const { json } = await askLink(await tokenOf("alice", []));
    const opened = await ask(`/${new URL(json["url"] ?? "").search}`);
    expect([opened.statusCode, opened.headers["location"]]).to.deep.equal([302, `https://${hostOf(session, domain)}/`]);
    const entered = await ask("/", cookieOf(opened));
    const basic = Buffer.from("desktop:from the Secret").toString("base64");
    expect([entered.statusCode, entered.headers["authorization"]]).to.deep.equal([200, `Basic ${basic}`]);
  });

  it("wakes a suspended session when its user opens it, and no other that was made under its name", async () => {
    await admin.mergePatch({ ...sessionKey, spec: { desiredState: "Suspended" } });
    session = { ...session, spec: { ...session.spec, desiredState: "Suspended" } };
    const signedIn = await ask("/", { authorization: `Basic ${btoa("desktop:from the Secret")}` });
    const woken = await ask("/", cookieOf(signedIn));
    expect([woken.statusCode, woken.headers["retry-after"]]).to.deep.equal([503, "1"]);
    expect((await admin.get(sessionKey))?.["spec"]).to.include({ desiredState: "Running" });

    const before = { ...session, metadata: { ...session.metadata, uid: "of-one-before" } };
    expect(await wakeSession(operator)(before).then(() => "woken", statusCode)).to.equal(422);
  });

  it("answers 503 while the API server is away, and says nothing of the token", async () => {
    const token = await tokenOf("alice", []);
    await plane.killApiServer();
    const refused = await askLink(token);
    expect([refused.status, refused.json["message"]]).to.deep.equal([
      503,
      "this cannot be looked up just now: try again",
    ]);
    expect(logged.join("\n")).to.contain("error a link could not be given out").and.not.contain(token);
  });
});
