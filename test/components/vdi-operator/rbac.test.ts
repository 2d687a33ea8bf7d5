import { expect } from "chai";
import {
  bindingArgs,
  clusterRules,
  gatewayClusterRules,
  gatewaySessionRules,
  leaderRules,
  sessionRules,
  userRoleArgs,
  userRoles,
} from "../../../components/vdi-operator/rbac.ts";
import type { Rule } from "../../../components/vdi-operator/rbac.ts";
import { gatewayPermissions, permissions } from "../../../operator/permissions.ts";

const rights = (rules: readonly Rule[]) =>
  rules.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}.${group}`))),
  );

describe("the operator's rights", () => {
  it("name every group, resource and verb", () => {
    const people = userRoles.flatMap(({ rules }) => rules);
    for (const right of rights([...sessionRules, ...leaderRules, ...clusterRules, ...people]))
      expect(right).not.to.contain("*");
  });

  it("are not listed twice", () => {
    for (const rules of [sessionRules, leaderRules, clusterRules])
      expect(rights(rules)).to.have.lengthOf(new Set(rights(rules)).size);
  });

  it("change nothing outside the two namespaces but the status of templates and what keeps a session", () => {
    const writes = rights(clusterRules).filter((right) => !/^(get|list|watch) /.test(right));
    expect(writes).to.deep.equal(["patch vdisessions.vdi.kasm.io", "patch vditemplates/status.vdi.kasm.io"]);
  });

  it("read Secrets by name only", () => {
    const secrets = rights([...sessionRules, ...clusterRules, ...leaderRules]).filter((it) => it.endsWith(" secrets."));
    expect(secrets).to.have.members(["get secrets.", "create secrets.", "patch secrets.", "delete secrets."]);
  });

  it("leave the gateway one write, and Secrets by name only; a review changes nothing", () => {
    const writes = rights([...gatewaySessionRules, ...gatewayClusterRules]).filter((it) => !/^(list|watch) /.test(it));
    expect(writes).to.have.members([
      "patch vdisessions.vdi.kasm.io",
      "get secrets.",
      "create tokenreviews.authentication.k8s.io",
      "create subjectaccessreviews.authorization.k8s.io",
    ]);
  });

  it("reach into no running desktop and give nobody rights", () => {
    const all = rights([...sessionRules, ...leaderRules, ...clusterRules]).join("\n");
    expect(all).not.to.match(
      /pods\/(exec|attach|portforward|log|ephemeralcontainers)|roles|serviceaccounts|impersonate|escalate|bind /,
    );
  });

  it("write to one lease alone, by its name", () => {
    const named = leaderRules.filter(({ verbs }) => verbs.includes("patch"));
    expect(named.map(({ resourceNames }) => resourceNames)).to.deep.equal([["kasm-operator"]]);
  });

  it("are what operator and gateway declare to ask for, right by right", () => {
    const gateway = { sessions: gatewaySessionRules, own: [], cluster: gatewayClusterRules };
    const operator = { sessions: sessionRules, own: leaderRules, cluster: clusterRules };
    const installed = [
      ...Object.entries(operator).map(([scope, rules]) => ({ scope, rules, asked: permissions })),
      ...Object.entries(gateway).map(([scope, rules]) => ({ scope, rules, asked: gatewayPermissions })),
    ];
    for (const { scope, rules, asked } of installed) {
      const declared = asked
        .filter((it) => it.scope === scope)
        .flatMap(({ apiGroup, resource, verbs, name = "" }) =>
          verbs.map((verb) => [verb, resource, apiGroup, name].join(" ")),
        );
      const given = rules.flatMap(({ apiGroups, resources, verbs, resourceNames = [""] }) =>
        apiGroups.flatMap((group) =>
          resources.flatMap((resource) =>
            verbs.flatMap((verb) => resourceNames.map((name) => [verb, resource, group, name].join(" "))),
          ),
        ),
      );
      expect(given, scope).to.have.members(declared);
    }
  });
});

describe("bindings and roles", () => {
  it("bind the ServiceAccount of the operator's namespace, wherever the role is", () => {
    expect(bindingArgs("Role", "kasm-operator", "kasm-vdi-system", "kasm-vdi")).to.deep.equal({
      metadata: { name: "kasm-operator", namespace: "kasm-vdi" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "kasm-operator" },
      subjects: [{ kind: "ServiceAccount", name: "kasm-operator", namespace: "kasm-vdi-system" }],
    });
  });

  it("add to Kubernetes' roles for people: who may view, edit or administrate", () => {
    const labels = userRoles.map((role) => Object.keys(userRoleArgs(role).metadata.labels)[0]);
    expect(labels).to.deep.equal(
      ["view", "edit", "admin"].map((role) => `rbac.authorization.k8s.io/aggregate-to-${role}`),
    );
  });

  it("show pools to who may view, and leave them to administrators: a pool takes GPUs from everybody", () => {
    const may = (right: string) =>
      userRoles.filter(({ rules }) => rights(rules).includes(right)).map(({ aggregateTo }) => aggregateTo);
    expect(may("list vdipools.vdi.kasm.io")).to.deep.equal(["view"]);
    for (const right of ["create vdipools", "delete vdipools", "patch vdipools/scale"])
      expect(may(`${right}.vdi.kasm.io`), right).to.deep.equal(["admin"]);
  });

  it("let only administrators act for others", () => {
    const who = userRoles.filter(({ rules }) => rights(rules).includes("act-for vdisessions.vdi.kasm.io"));
    expect(who.map(({ aggregateTo }) => aggregateTo)).to.deep.equal(["admin"]);
  });
});
