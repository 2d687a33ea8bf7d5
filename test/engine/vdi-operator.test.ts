import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { operatorDeployment } from "../../components/vdi-operator/deployment.ts";
import type { OperatorDeploymentArgs } from "../../components/vdi-operator/deployment.ts";
import { bundleConfigMap } from "../../components/vdi-operator/program.ts";
import {
  accountUser,
  clusterRules,
  leaderRules,
  operatorName,
  sessionRules,
} from "../../components/vdi-operator/rbac.ts";
import type { Rule } from "../../components/vdi-operator/rbac.ts";
import { type AnyObject, ClusterClient, apiMessage, loadKubeConfig } from "../../kube/client.ts";
import { stopBeside } from "../../lab/cluster/control-plane.ts";
import { labLayout } from "../../lab/cluster/layout.ts";
import { startOperator } from "../../lab/operator/start.ts";

const checkout = join(import.meta.dirname, "..", "..");
const layout = labLayout(checkout);
const namespace = "kasm-vdi";
const operatorNamespace = "kasm-vdi-system";
const operator = accountUser(operatorName, operatorNamespace);

// What `npm run lab` installed, asked by the people and programs that it is for.
describe("the VDI operator's surroundings on the lab", () => {
  const client = new ClusterClient(loadKubeConfig());
  const users = ["alice@example.com", "bob@example.com"];

  before(async () => {
    // It would work on the sessions, of which these tests ask only what may be done to them.
    await stopBeside(layout, "operator");
    // People who may make sessions, and no more.
    const binding = {
      ...role("RoleBinding", "engine-test-users", { namespace }),
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "kasm-vdi-user" },
      subjects: users.map((name) => ({ apiGroup: "rbac.authorization.k8s.io", kind: "User", name })),
    };
    await client.apply(binding, { fieldManager: "engine-test", force: true });
  });

  after(async () => {
    await client.delete(role("RoleBinding", "engine-test-users", { namespace }));
    await drain();
    await client.config.close();
    await startOperator(layout);
  });

  it("lets users make, change and delete sessions of their own", async () => {
    await succeeds(kubectl("alice@example.com", session("own", "alice@example.com"), "create", "-f", "-"));
    const suspend = ["patch", "vdi/own", "--type=merge", "--patch", '{"spec":{"desiredState":"Suspended"}}'];
    await succeeds(kubectl("alice@example.com", undefined, ...suspend));
    await succeeds(kubectl("alice@example.com", undefined, "delete", "vdi/own"));
  });

  it("refuses a session for somebody else, and says who may do what instead", async () => {
    const { exitCode, stderr } = await kubectl(
      "alice@example.com",
      session("other", "bob@example.com"),
      "create",
      "-f",
      "-",
    );
    expect(exitCode).not.to.equal(0);
    expect(stderr).to.contain(
      "spec.user is bob@example.com, but the request comes from alice@example.com: set spec.user to alice@example.com, " +
        "or have an administrator grant you the verb act-for on vdisessions.vdi.kasm.io (ClusterRole kasm-vdi-session-manager)",
    );
  });

  it("refuses to change, delete or sweep away somebody else's session", async () => {
    await succeeds(kubectl("bob@example.com", session("bobs", "bob@example.com"), "create", "-f", "-"));
    const suspend = ["patch", "vdi/bobs", "--type=merge", "--patch", '{"spec":{"desiredState":"Suspended"}}'];
    for (const command of [suspend, ["delete", "vdi/bobs"]]) {
      const { exitCode, stderr } = await kubectl("alice@example.com", undefined, ...command);
      expect(exitCode, command.join(" ")).not.to.equal(0);
      expect(stderr).to.contain("spec.user is bob@example.com, but the request comes from alice@example.com");
    }
    const { exitCode } = await kubectl("alice@example.com", undefined, "delete", "vdi", "--all");
    expect(exitCode).not.to.equal(0);
    await succeeds(kubectl("bob@example.com", undefined, "delete", "vdi/bobs"));
  });

  it("lets who has the verb act-for make sessions for others", async () => {
    const manager = {
      ...role("RoleBinding", "engine-test-manager", { namespace }),
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "kasm-vdi-session-manager" },
      subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "alice@example.com" }],
    };
    await client.apply(manager, { fieldManager: "engine-test", force: true });
    try {
      const create = () => kubectl("alice@example.com", session("other", "bob@example.com"), "create", "-f", "-");
      await succeeds(create());
    } finally {
      await client.delete(role("RoleBinding", "engine-test-manager", { namespace }));
    }
  });

  describe("a template that is for some", () => {
    const template = {
      apiVersion: "vdi.kasm.io/v1alpha1",
      kind: "VDITemplate",
      metadata: { name: "engine-test-some" },
    };
    const attempt = (user: string, groups: string[] = [], ...as: string[]) => {
      const asked = session("some", user, template.metadata.name, groups);
      return kubectl(user, asked, ...as, "create", "--dry-run=server", "-f", "-");
    };

    before(async () => {
      const spec = {
        image: "lab.invalid/desktop:1",
        runtime: { type: "selkies-v2" },
        allowed: { users: ["alice@example.com"], groups: ["designers"] },
      };
      await client.apply({ ...template, spec }, { fieldManager: "engine-test", force: true });
      // The API server learns of templates by a watch of its own.
      for (let tries = 0; (await attempt("bob@example.com")).exitCode === 0 && tries < 50; tries++);
    });
    after(() => client.delete(template));

    it("is refused to others, with what to do", async () => {
      const { exitCode, stderr } = await attempt("bob@example.com");
      expect(exitCode).not.to.equal(0);
      expect(stderr).to.contain(
        "VDITemplate engine-test-some is not for bob@example.com: name a group of yours that it is for in spec.groups, " +
          "take another template (kubectl get vditemplates), or have whoever keeps it add you to its spec.allowed",
      );
    });

    it("is there for its users, and for who names one of its groups and is in it", async () => {
      await succeeds(attempt("alice@example.com"));
      await succeeds(attempt("bob@example.com", ["designers"], "--as-group", "designers"));
      const unnamed = await attempt("bob@example.com", [], "--as-group", "designers");
      expect(unnamed.stderr).to.contain("in spec.groups");
      const pretended = await attempt("bob@example.com", ["designers"]);
      expect(pretended.stderr).to.contain("spec.groups names a group that bob@example.com is not in");
    });

    it("is there for whom somebody who may act for others answers for, by naming the group", async () => {
      await succeeds(attempt("root", ["designers"], "--as-group", "system:masters"));
      expect((await attempt("root", [], "--as-group", "system:masters")).exitCode).not.to.equal(0);
    });

    it("hinders nobody at other templates, nor at one that is not there yet", async () => {
      for (const other of ["ubuntu", "engine-test-unheard-of"])
        await succeeds(
          kubectl("bob@example.com", session("any", "bob@example.com", other), "create", "--dry-run=server", "-f", "-"),
        );
    });
  });

  it("keeps pools and what sessions consist of from people who may make sessions", async () => {
    for (const right of [
      "create vdipools",
      "patch vdipools",
      "get secrets",
      "list pods",
      "patch services",
      "delete pods",
    ]) {
      const { stdout } = await kubectl("alice@example.com", undefined, "auth", "can-i", ...right.split(" "));
      expect(stdout, right).to.equal("no");
    }
  });

  it("lets the operator work on everybody's sessions", async () => {
    const asOperator = new ClusterClient(loadKubeConfig({ file: join(layout.kubeconfigs, "operator") }));
    const key = { apiVersion: "vdi.kasm.io/v1alpha1", kind: "VDISession", metadata: { name: "other", namespace } };
    const finalizers = ["vdi.kasm.io/session-cleanup"];
    await asOperator.mergePatch({ ...key, metadata: { ...key.metadata, finalizers } });
    await asOperator.mergePatchStatus({ ...key, status: { phase: "Running" } });
    await asOperator.delete(key);
    await asOperator.config.close();
  });

  it("ends sessions on destroy even when no operator takes its finalizer off", async () => {
    const left = await client.list("vdi.kasm.io/v1alpha1", "VDISession", { namespace });
    expect(left.map(({ metadata }) => metadata?.name)).to.include("other");
    const { exitCode, stdout, stderr } = await drain();
    expect(exitCode, stderr).to.equal(0);
    expect(stdout).to.equal("{}");
    expect(await client.list("vdi.kasm.io/v1alpha1", "VDISession")).to.have.lengthOf(0);
  });

  it("gives the ServiceAccount every right of the list", async () => {
    await Promise.all([
      ...questions(sessionRules, namespace).map((question) => allowed(question, true)),
      ...questions(leaderRules, operatorNamespace).map((question) => allowed(question, true)),
      ...questions(clusterRules).map((question) => allowed(question, true)),
    ]);
  });

  it("gives it no right beyond: no Secrets elsewhere, no roles, no commands in desktops", async () => {
    const beyond: Question[] = [
      { verb: "get", resource: "secrets", namespace: "kube-system" },
      { verb: "get", resource: "secrets", namespace: operatorNamespace },
      { verb: "list", resource: "secrets", namespace },
      { verb: "get", resource: "secrets", namespace: "kasm" },
      { verb: "create", resource: "pods", namespace: "default" },
      { verb: "create", resource: "pods", namespace: operatorNamespace },
      { verb: "create", resource: "pods", subresource: "exec", namespace },
      { verb: "create", group: "rbac.authorization.k8s.io", resource: "clusterroles" },
      { verb: "create", group: "rbac.authorization.k8s.io", resource: "rolebindings", namespace },
      { verb: "patch", group: "vdi.kasm.io", resource: "vditemplates" },
      { verb: "delete", resource: "nodes" },
      { verb: "impersonate", resource: "users" },
      { verb: "update", group: "coordination.k8s.io", resource: "leases", name: "other", namespace: operatorNamespace },
    ];
    await Promise.all(beyond.map((question) => allowed(question, false)));
  });

  it("is let into its restricted namespace, with a bundle and with an image, where an ordinary pod is not", async () => {
    for (const program of [
      { kind: "bundle", text: "" },
      { kind: "image", image: "example.com/operator:1" },
    ] as const)
      await client.create(pod(operatorPod(program)), { dryRun: true });
    const refusal = await client
      .create(pod({ containers: [{ name: "main", image: "a:1" }] }), { dryRun: true })
      .then(() => "none", apiMessage);
    expect(refusal).to.match(/violates PodSecurity "restricted:latest"/);
  });

  it("has starter templates that the API server took, with its defaults filled in", async () => {
    const templates = await client.list("vdi.kasm.io/v1alpha1", "VDITemplate");
    const names = templates.map(({ metadata }) => metadata?.name);
    expect(names).to.include.members(["ubuntu", "webtop", "ubuntu-gpu"]);
    for (const { spec } of templates) expect(spec).to.have.property("networkMode", "Internet");
  });

  it("runs the operator of these sources, with the key that it signs with", async () => {
    const deployments = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "kasm-operator" } };
    const found = await client.get({
      ...deployments,
      metadata: { ...deployments.metadata, namespace: operatorNamespace },
    });
    expect(JSON.stringify(found?.["status"])).to.match(/"type":"Available"[^}]*|"readyReplicas":[1-9]/);
    const [, bundle = ""] = /"configMap":\{[^}]*"name":"([^"]+)"/.exec(JSON.stringify(found?.["spec"])) ?? [];
    const configMap = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: bundle, namespace: operatorNamespace } };
    const { "main.mjs": text = "" } = ((await client.get(configMap))?.["data"] ?? {}) as { "main.mjs"?: string };
    expect(bundleConfigMap(text, operatorNamespace).metadata.name).to.equal(bundle);
    expect(text).to.contain("VDI_NAMESPACE");
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "access-key", namespace: operatorNamespace } };
    const { key = "" } = ((await client.get(secret))?.["data"] ?? {}) as { key?: string };
    expect(Buffer.from(key, "base64").length).to.be.at.least(32);
  });

  it("has what routes of sessions refer to in the sessions' own namespace", async () => {
    const kinds = [
      ["Middleware", "session-access"],
      ["Middleware", "session-headers"],
      ["Middleware", "session-errors"],
      ["Middleware", "session-retry"],
      ["ServersTransport", "session-self-signed"],
    ] as const;
    for (const [kind, name] of kinds)
      expect(
        await client.get({ apiVersion: "traefik.io/v1alpha1", kind, metadata: { name, namespace } }),
        kind,
      ).not.to.equal(undefined);
  });

  async function allowed({ verb, group = "", ...rest }: Question, expected: boolean): Promise<void> {
    const review = await client.create({
      apiVersion: "authorization.k8s.io/v1",
      kind: "SubjectAccessReview",
      spec: {
        user: operator,
        groups: ["system:serviceaccounts", `system:serviceaccounts:${operatorNamespace}`, "system:authenticated"],
        resourceAttributes: { verb, group, ...rest },
      },
    });
    expect((review["status"] as { allowed: boolean }).allowed, JSON.stringify({ verb, group, ...rest })).to.equal(
      expected,
    );
  }
});

interface Question {
  verb: string;
  group?: string;
  resource: string;
  subresource?: string;
  name?: string;
  namespace?: string;
}

function questions(rules: readonly Rule[], inNamespace?: string): Question[] {
  return rules.flatMap(({ apiGroups, resources, verbs, resourceNames }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((path) =>
        verbs.map((verb) => {
          const [resource = "", subresource] = path.split("/");
          return {
            verb,
            group,
            resource,
            ...(subresource !== undefined && { subresource }),
            ...(resourceNames?.[0] !== undefined && { name: resourceNames[0] }),
            ...(inNamespace !== undefined && { namespace: inNamespace }),
          };
        }),
      ),
    ),
  );
}

function session(name: string, user: string, template = "ubuntu", groups: string[] = []): string {
  return JSON.stringify({
    apiVersion: "vdi.kasm.io/v1alpha1",
    kind: "VDISession",
    metadata: { name, namespace },
    spec: { user, template, ...(groups.length > 0 && { groups }) },
  });
}

function role(kind: string, name: string, metadata: { namespace: string }) {
  return { apiVersion: "rbac.authorization.k8s.io/v1", kind, metadata: { name, ...metadata } };
}

function operatorPod(program: OperatorDeploymentArgs["program"]): AnyObject {
  const deployment = operatorDeployment({
    namespace,
    operatorNamespace,
    domain: "desktops.example.com",
    replicas: 2,
    logLevel: "info",
    registry: {},
    program,
    turn: {
      host: "turn.example.com",
      realm: "turn.example.com",
      ports: { listen: 3478, tls: 5349, relayMin: 49152, relayMax: 49407 },
      transports: ["udp"],
    },
  });
  return (deployment.spec as unknown as { template: { spec: AnyObject } }).template.spec;
}

function pod(spec: object): AnyObject {
  return { apiVersion: "v1", kind: "Pod", metadata: { name: "engine-test", namespace: operatorNamespace }, spec };
}

function kubectl(user: string, input: string | undefined, ...args: string[]) {
  return execa("kubectl", ["--namespace", namespace, "--as", user, ...args], {
    reject: false,
    ...(input !== undefined && { input }),
  });
}

async function succeeds(run: ReturnType<typeof kubectl>): Promise<void> {
  const { exitCode, stderr } = await run;
  expect(exitCode, stderr).to.equal(0);
}

function drain() {
  const env = { INPUT: JSON.stringify({ operatorSeconds: 0 }) };
  return execa("node", ["commands/session-drain.ts"], { cwd: checkout, env, reject: false });
}
