import { expect } from "chai";
import { request } from "undici";
import { serviceAccountToken } from "../../lab/operator/service-account-token.ts";
import { apiVersion } from "../../operator/api/objects.ts";
import type { VDIPool, VDISession } from "../../operator/api/objects.ts";
import { secretCredentials } from "../../operator/credentials/stream-credentials.ts";
import { desktopName, hostOf } from "../../operator/resources/names.ts";
import { gatewayPermissions, permissionFor, permissions } from "../../operator/permissions.ts";
import type { Permission } from "../../operator/permissions.ts";
import { askedPermission } from "../operator/asked-permissions.ts";
import { OperatorHarness } from "./operator-harness.ts";

// Rights that such a life does not show.
const seldomAsked = [
  // The API server asks for them by itself, where an admission plugin is on.
  "update vdisessions/finalizers.vdi.kasm.io (sessions)",
  "update vdipools/finalizers.vdi.kasm.io (sessions)",
  // Probes of streams read them; nothing answers where simulated pods are.
  "get secrets (sessions)",
  // For what is there already, before the cache knows it or without our marks.
  "patch persistentvolumeclaims (sessions)",
  "patch secrets (sessions)",
  // For sessions whose namespace is deleted.
  "patch vdisessions.vdi.kasm.io (cluster)",
  // An event that comes again and again is one event with a count.
  "patch events.events.k8s.io (sessions)",
];

describe("what operator and gateway ask the API server for, in a life of sessions and pools", function () {
  this.timeout(240_000);
  const harness = new OperatorHarness();
  const servers = { operator: harness.server(), gateway: harness.server() };
  const given = { operator: permissions, gateway: gatewayPermissions };
  type Program = keyof typeof servers;

  before(async () => {
    await harness.open();
    await harness.operator({ server: servers.operator });
    const gateway = await harness.gateway({ server: servers.gateway });
    await live(gateway.ports.access);
  });
  after(() => harness.close());

  /** By what right each request was made; undefined: by none. */
  const asked = (program: Program) =>
    servers[program].requests.flatMap(({ method, path }) => {
      const it = askedPermission(method, path, { sessions: harness.namespace, own: harness.operatorNamespace });
      return it ? [{ method, path, verb: it.verb, permission: permissionFor(it, given[program]) }] : [];
    });
  const used = (program: Program) =>
    new Set(
      asked(program).flatMap(({ path, verb, permission }) => {
        if (!permission) return [];
        // An apply, which the API server lets create only who may create.
        const isApply = permission.verbs.includes("create") && path.includes("force=true");
        return [nameOf(permission, verb), ...(isApply ? [nameOf(permission, "create")] : [])];
      }),
    );

  for (const program of ["operator", "gateway"] as const) {
    it(`is nothing beyond the permissions of the ${program}`, () => {
      const others = asked(program).filter(({ permission }) => !permission);
      expect(others.map(({ method, path }) => `${method} ${path}`)).to.deep.equal([]);
    });

    it(`is each permission of the ${program}`, () => {
      const declared = given[program].flatMap((it) => it.verbs.map((verb) => nameOf(it, verb)));
      const seen = used(program);
      const unused = declared.filter((it) => !seen.has(it) && !seldomAsked.includes(it));
      expect(unused).to.deep.equal([]);
    });
  }

  /** Everything that makes the operator ask for something. */
  async function live(accessPort: number): Promise<void> {
    const template = await harness.template();
    const home = { enabled: true, size: "1Gi", reclaim: "Delete" as const };
    const session = await harness.session({ template: template.metadata.name, persistence: home });
    await harness.waitForCondition(session, {}, 60_000);
    await askForLink(session, accessPort);
    await tryPassword(session, accessPort);
    for (const kind of ["Service", "IngressRoute"] as const) await spoil(kind, session);
    // Nothing but a wish: the operator has to look why this one does not start.
    const stuck = await harness.template({ resources: { default: { gpu: 0, cpu: "900", memory: "16Mi" } } });
    const hopeless = await harness.session({ template: stuck.metadata.name });
    await harness.waitForCondition(hopeless, { type: "PodScheduled", status: "False" }, 60_000);
    await until(() => used("operator").has("list events (sessions)"));
    const pool = await harness.pool({ template: template.metadata.name, replicas: 1 });
    const { name } = pool.metadata;
    const poolKey = { apiVersion, kind: "VDIPool", metadata: { name, namespace: harness.namespace } };
    await harness.waitFor<VDIPool>(poolKey, (it) => it?.status?.readyReplicas === 1, 60_000);
    // Its end comes by its timeout.
    const short = await harness.session({ template: template.metadata.name, timeout: "5s" });
    await harness.waitForGone(harness.keyOf(short));
    const cookie = await signIn(session, accessPort);
    await harness.client.mergePatch({ ...harness.keyOf(session), spec: { desiredState: "Suspended" } });
    await harness.waitForCondition(session, { status: "False", reason: "Suspended" }, 60_000);
    // Its Secret went with its pod, the cookie counts on.
    await open(session, accessPort, { cookie });
    await harness.waitForCondition(session, {}, 60_000);
    await harness.client.delete(harness.keyOf(session));
    await harness.waitForGone(harness.keyOf(session));
  }

  /** Takes the owner from a child; the operator puts it back. */
  async function spoil(kind: "Service" | "IngressRoute", session: VDISession): Promise<void> {
    const [child] = await harness.children(kind, session);
    const { apiVersion = "", metadata } = child!;
    const key = { apiVersion, kind, metadata: { name: metadata?.name ?? "", namespace: harness.namespace } };
    await harness.client.mergePatch({ ...key, metadata: { ...key.metadata, ownerReferences: [] } });
    await harness.waitFor(key, (it) => it?.metadata?.ownerReferences !== undefined);
  }

  /** As a portal does, by a Kubernetes token of its own. */
  async function askForLink(session: VDISession, port: number): Promise<void> {
    const account = { namespace: "default", name: "default" };
    const token = await serviceAccountToken(harness.client, account, { seconds: 600 });
    const link = await request(`http://127.0.0.1:${port}/links`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ session: session.metadata.name }),
    });
    await link.body.dump();
  }

  async function tryPassword(session: VDISession, port: number): Promise<void> {
    const password = Buffer.from("alice:wrong").toString("base64");
    const answer = await request(`http://127.0.0.1:${port}/auth`, {
      headers: { "x-forwarded-host": hostOf(session, harness.domain), authorization: `Basic ${password}` },
    });
    await answer.body.dump();
  }

  /** As its user does, who opens it in a browser. @returns the cookie */
  async function signIn(session: VDISession, port: number): Promise<string> {
    const read = secretCredentials(harness.client, harness.namespace);
    const { user, password } = (await read(desktopName(session)))!;
    const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
    const headers = await open(session, port, { authorization });
    return String(headers["set-cookie"]).split(";")[0] ?? "";
  }

  async function open(session: VDISession, port: number, credentials: Record<string, string>) {
    const { headers, body } = await request(`http://127.0.0.1:${port}/auth`, {
      headers: { "x-forwarded-host": hostOf(session, harness.domain), accept: "text/html", ...credentials },
    });
    await body.dump();
    return headers;
  }
});

async function until(isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!isSo() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 100));
}

function nameOf({ apiGroup, resource, scope }: Permission, verb: string): string {
  return `${verb} ${resource}${apiGroup && `.${apiGroup}`} (${scope})`;
}
