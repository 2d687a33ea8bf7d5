import { expect } from "chai";
import { execa } from "execa";
import { apiMessage } from "../../kube/client.ts";
import type { AnyObject } from "../../kube/client.ts";
import type { OperatorProcess } from "../../lab/operator/operator-process.ts";
import type { VDISession } from "../../operator/api/objects.ts";
import { namespaceOfItsOwn } from "./operator-fixture.ts";
import { OperatorHarness } from "./operator-harness.ts";

describe("a malicious template, a malicious user", function () {
  this.timeout(120_000);
  const harness = new OperatorHarness(namespaceOfItsOwn("security"));
  const server = harness.server();
  let operator: OperatorProcess;

  before(async () => {
    await harness.open();
    operator = await harness.operator({ server });
    const rbac = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "RoleBinding" };
    await harness.create({
      ...rbac,
      metadata: { name: "users", namespace: harness.namespace },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "kasm-vdi-user" },
      subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "mallory" }],
    });
  });
  after(() => harness.close());

  const refused: [string, Record<string, unknown>, string][] = [
    ["an image without a tag", { image: "lab.invalid/desktop" }, "image needs a tag"],
    ["the image latest", { image: "lab.invalid/desktop:latest" }, "image needs a tag"],
    ["the privileged level", { securityProfile: "privileged" }, "securityProfile"],
    ["cpu for a GPU", { gpuResourceName: "cpu" }, "gpuResourceName"],
    ["huge pages for a GPU", { gpuResourceName: "hugepages-2Mi" }, "gpuResourceName"],
    ["a variable's name with a newline", { env: [{ name: "A\nB", value: "x" }] }, "name"],
    [
      "a health path with another host",
      { runtime: { type: "custom", port: 80, healthPath: "http://evil" } },
      "healthPath",
    ],
  ];
  for (const [what, spec, field] of refused)
    it(`a template with ${what} is refused by the API server, which names the field`, async () => {
      const made = await harness.template(spec, `${harness.namespace}-bad`).catch(apiMessage);
      expect(made).to.be.a("string").that.contains(field);
    });

  async function told(name: string, spec: Record<string, unknown>, words: string): Promise<VDISession> {
    const template = `${harness.namespace}-${name}`;
    await harness.template(spec, template);
    const session = await harness.session({ template }, name);
    return harness.waitForSession(session, (it) => it.status?.message?.includes(words) === true);
  }

  it("a template that sets a variable of the operator makes no desktop, and its sessions say why", async () => {
    const env = [{ name: "SELKIES_ENABLE_BASIC_AUTH", value: "false" }];
    const session = await told("reserved", { env }, "env SELKIES_ENABLE_BASIC_AUTH belongs to the operator");
    expect(await harness.child("Pod", session)).to.equal(undefined);
  });

  it("a template with a resource of Kubernetes for a GPU is refused", async () => {
    const resources = { default: { gpu: 1, cpu: "10m", memory: "16Mi" } };
    const spec = { gpuResourceName: "kubernetes.io/batch-cpu", resources };
    const made = await harness.template(spec, `${harness.namespace}-batch`).catch(apiMessage);
    expect(made).to.be.a("string").that.contains("gpuResourceName is in a domain of Kubernetes' own");
  });

  it("fields of a pod in a template reach no pod: hostPath, privileged, hostNetwork, serviceAccountName", async () => {
    const template = `${harness.namespace}-fields`;
    const fields = {
      hostNetwork: true,
      privileged: true,
      serviceAccountName: "default",
      volumes: [{ hostPath: { path: "/" } }],
    };
    await harness.template({ ...fields, env: [{ name: "A", value: "x\nB=y" }] }, template);
    const session = await harness.session({ template }, "fields");
    await harness.waitForPhase(session, "Running");
    const { spec } = (await harness.child("Pod", session)) as AnyObject & { spec: Record<string, unknown> };
    expect(spec["hostNetwork"]).to.equal(undefined);
    expect(spec["automountServiceAccountToken"]).to.equal(false);
    expect(JSON.stringify(spec)).not.to.match(/hostPath|"privileged":true|"B"/);
  });

  const asMallory = (input: object | undefined, ...args: string[]) =>
    execa("kubectl", ["--as=mallory", "-n", harness.namespace, ...args], {
      reject: false,
      ...(input && { input: JSON.stringify(input) }),
    });
  const sessionOf = (name: string, user: string, metadata: object = {}) => ({
    ...{ apiVersion: "vdi.kasm.io/v1alpha1", kind: "VDISession" },
    metadata: { name, namespace: harness.namespace, ...metadata },
    spec: { user, template: harness.namespace, persistence: { enabled: false } },
  });

  it("a user makes no session for somebody else, touches none, sets no status, and reads no Secret, pod or home", async () => {
    const victim = await harness.session({ user: "victim@example.com" }, "victim");
    await harness.waitForPhase(victim, "Running");
    await asMallory(sessionOf("mine", "mallory"), "create", "-f", "-");
    const tries = [
      await asMallory(sessionOf("theirs", "victim@example.com"), "create", "-f", "-"),
      await asMallory(undefined, "patch", "vdi/victim", "--type=merge", "-p", '{"spec":{"desiredState":"Suspended"}}'),
      await asMallory(undefined, "patch", "vdi/mine", "--type=merge", "-p", '{"spec":{"user":"victim@example.com"}}'),
      await asMallory(undefined, "delete", "vdi/victim"),
      await asMallory(
        undefined,
        "patch",
        "vdi/mine",
        "--subresource=status",
        "--type=merge",
        "-p",
        '{"status":{"phase":"Failed"}}',
      ),
      await asMallory(undefined, "get", "secrets"),
      await asMallory(undefined, "get", "pods"),
      await asMallory(undefined, "delete", "pvc", "--all"),
    ];
    expect(tries.map(({ exitCode }) => exitCode)).to.deep.equal(tries.map(() => 1));
    expect((await harness.read(victim))?.status?.phase).to.equal("Running");
  });

  it("labels, annotations, owners and finalizers on one's own session change nothing of another's children", async () => {
    const victim = await harness.session({ user: "near@example.com" }, "near");
    await harness.waitForPhase(victim, "Running");
    const pod = (await harness.child("Pod", victim))!;
    const { labels, uid } = pod.metadata!;
    const owner = { apiVersion: "v1", kind: "Pod", name: pod.metadata!.name, uid, controller: true };
    const metadata = { labels, annotations: pod.metadata!.annotations, ownerReferences: [owner] };
    await asMallory(
      sessionOf("tricks", "mallory", { ...metadata, finalizers: ["vdi.kasm.io/session-cleanup"] }),
      "create",
      "-f",
      "-",
    );
    const own = await harness.waitForSession(sessionOf("tricks", "mallory"), (it) => it.status?.phase === "Running");
    const made = (await harness.child("Pod", own))!;
    expect(made.metadata?.labels?.["vdi.kasm.io/session"]).not.to.equal(labels?.["vdi.kasm.io/session"]);
    expect(made.metadata?.labels?.["vdi.kasm.io/user"]).not.to.equal(labels?.["vdi.kasm.io/user"]);
    expect((await harness.child("Pod", victim))?.metadata?.resourceVersion).to.equal(pod.metadata?.resourceVersion);
    await asMallory(undefined, "delete", "vdi/tricks", "--wait=false");
    await harness.waitForEnd(own);
    expect((await harness.child("Pod", victim))?.metadata?.uid).to.equal(uid);
  });

  it("no password of any session is in an object but its Secret, in an event, a log, a metric or kubectl describe", async () => {
    await harness.waitForPhase(await harness.session({}, "secretive"), "Running");
    const sessions = (await harness.client.list("vdi.kasm.io/v1alpha1", "VDISession", {
      namespace: harness.namespace,
    })) as unknown as VDISession[];
    const passwords = (await Promise.all(sessions.map((it) => harness.password(it)))).filter((it) => it !== undefined);
    expect(passwords.length).to.be.at.least(1);
    const kinds = "vdisessions,pods,services,ingressroutes,networkpolicies,persistentvolumeclaims,events";
    const places = {
      objects: (await execa("kubectl", ["-n", harness.namespace, "get", kinds, "-o", "yaml", "--show-managed-fields"]))
        .stdout,
      described: (await execa("kubectl", ["-n", harness.namespace, "describe", "vdisessions,pods,secrets"])).stdout,
      log: operator.log(),
      metrics: await operator.metrics(),
      otherRequests: server.requests
        .filter(({ resource }) => resource !== "secrets")
        .map(({ path, body }) => path + body)
        .join("\n"),
    };
    for (const [place, text] of Object.entries(places)) {
      expect(text.length, place).to.be.above(100);
      for (const password of passwords)
        for (const form of [password, Buffer.from(password).toString("base64")])
          expect(text.includes(form), `${place} has a password`).to.equal(false);
    }
  });
});
