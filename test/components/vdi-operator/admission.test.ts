import { expect } from "chai";
import {
  admissionPolicies,
  identityBinding,
  identityPolicy,
  metadataPolicy,
  templateBinding,
  templatePolicy,
} from "../../../components/vdi-operator/admission.ts";
import { endPolicy, endPolicyName, sessionFinalizer } from "../../../components/vdi-operator/admission-end.ts";
import { sessionRoutePriority } from "../../../components/vdi-operator/admission-hosts.ts";
import { untouchedFields } from "../../../components/vdi-operator/admission-wake.ts";
import { vdiSessionSpec } from "../../../operator/api/vdi-session.ts";
import { sessionFinalizer as ownFinalizer } from "../../../operator/resources/labels.ts";
import { routePriority } from "../../../operator/resources/route.ts";

describe("the identity policy", () => {
  const { spec } = identityPolicy("kasm-vdi-system") as {
    spec: {
      failurePolicy: string;
      matchConditions: { name: string; expression: string }[];
      matchConstraints: { resourceRules: { resources: string[]; operations: string[] }[] };
    };
  };

  it("holds for everything that makes, changes or ends a session, not for its status", () => {
    const [rule] = spec.matchConstraints.resourceRules;
    expect(rule).to.deep.include({ resources: ["vdisessions"], operations: ["CREATE", "UPDATE", "DELETE"] });
  });

  it("refuses when it cannot be evaluated", () => {
    expect(spec.failurePolicy).to.equal("Fail");
    expect(identityBinding().spec).to.deep.equal({
      policyName: "vdisession-user.vdi.kasm.io",
      validationActions: ["Deny"],
    });
  });

  it("exempts operator and gateway, wherever they run, and what Kubernetes itself deletes", () => {
    const conditions = Object.fromEntries(spec.matchConditions.map(({ name, expression }) => [name, expression]));
    expect(conditions["not-our-own"])
      .to.contain('"system:serviceaccount:kasm-vdi-system:kasm-operator"')
      .and.to.contain('"system:serviceaccount:kasm-vdi-system:kasm-gateway"');
    expect(conditions["not-kubernetes-itself"]).to.contain("'system:serviceaccounts:kube-system'");
  });
});

describe("the template policy", () => {
  const { spec } = templatePolicy("kasm-vdi-system") as {
    spec: {
      failurePolicy: string;
      paramKind: object;
      matchConstraints: { resourceRules: { operations: string[] }[] };
      validations: { expression: string; messageExpression: string }[];
    };
  };

  it("holds every template against each new session, and none where there is none", () => {
    expect(spec.paramKind).to.deep.equal({ apiVersion: "vdi.kasm.io/v1alpha1", kind: "VDITemplate" });
    expect(spec.matchConstraints.resourceRules.map(({ operations }) => operations)).to.deep.equal([["CREATE"]]);
    expect(templateBinding().spec).to.deep.equal({
      policyName: "vdisession-template.vdi.kasm.io",
      paramRef: { selector: {}, parameterNotFoundAction: "Allow" },
      validationActions: ["Deny"],
    });
  });

  it("refuses when it cannot be evaluated, and says what to do", () => {
    expect(spec.failurePolicy).to.equal("Fail");
    expect(spec.validations[0]?.messageExpression).to.contain("take another template");
  });
});

describe("the policy on a session's end", () => {
  const { policy, binding } = endPolicy("kasm-vdi-system");
  const { spec } = policy as unknown as {
    spec: {
      failurePolicy: string;
      matchConditions: { name: string; expression: string }[];
      matchConstraints: { resourceRules: { resources: string[]; operations: string[] }[] };
      validations: { expression: string }[];
    };
  };

  it("holds for whatever makes, changes or deletes a session, but the operator's and Kubernetes' own work", () => {
    expect(spec.matchConstraints.resourceRules[0]).to.deep.include({
      resources: ["vdisessions"],
      operations: ["CREATE", "UPDATE", "DELETE"],
    });
    expect(spec.matchConditions.map(({ name }) => name)).to.deep.equal(["not-our-own", "not-kubernetes-itself"]);
    expect(spec.failurePolicy).to.equal("Fail");
    expect(binding.spec).to.deep.equal({ policyName: endPolicyName, validationActions: ["Deny"] });
  });

  it("allows the operator's own finalizer, and those that are there", () => {
    expect(spec.validations[0]?.expression)
      .to.contain(`'${ownFinalizer}'`)
      .and.to.contain("oldObject.metadata.finalizers");
    expect(sessionFinalizer).to.equal(ownFinalizer);
  });
});

describe("the policy on metadata", () => {
  it("bounds what schemas leave open, of each of our kinds", () => {
    const { spec } = metadataPolicy("kasm-vdi-system") as {
      spec: {
        matchConstraints: { resourceRules: { resources: string[]; operations: string[] }[] };
        validations: { expression: string }[];
      };
    };
    expect(spec.matchConstraints.resourceRules[0]).to.deep.include({
      ...{ resources: ["vdisessions", "vditemplates", "vdipools"], operations: ["CREATE", "UPDATE"] },
    });
    const expressions = spec.validations.map(({ expression }) => expression).join(" ");
    for (const field of ["annotations", "labels", "finalizers", "ownerReferences"])
      expect(expressions).to.contain(`size(object.metadata.${field}) <=`);
  });
});

describe("the policy of the gateway's only write", () => {
  it("knows every field of a session's spec: one that is added must be decided upon", () => {
    expect([...untouchedFields, "desiredState"]).to.have.members(Object.keys(vdiSessionSpec.shape));
  });
});

describe("every admission policy", () => {
  const args = { operatorNamespace: "kasm-vdi-system", namespace: "kasm-vdi", domain: "desktops.example.com" };

  it("is bound, and is named as its binding", () => {
    for (const { policy, binding } of Object.values(admissionPolicies(args))) {
      const { name } = policy.metadata as { name: string };
      expect(binding).to.deep.include({ metadata: { name } }).and.to.have.nested.property("spec.policyName", name);
    }
  });
});

describe("the policy about the Middleware that asks the gateway", () => {
  const args = { operatorNamespace: "kasm-vdi-system", namespace: "kasm-vdi", domain: "desktops.example.com" };

  it("keeps it to the operator's routes where the gateway believes a header", () => {
    expect(admissionPolicies(args)).not.to.have.property("access-routes");
    const access = { userHeader: "X-User", middlewares: ["sign-in"] };
    const { spec } = admissionPolicies({ ...args, access })["access-routes"]!.policy as {
      spec: { matchConditions: { name: string }[]; validations: { expression: string }[] };
    };
    expect(spec.matchConditions[0]!.name).to.equal("not-the-operator");
    expect(spec.validations[0]!.expression).to.contain("kasm-vdi-session-access@");
  });
});

describe("the policies about hosts", () => {
  it("go by the priority that routes of sessions really have", () => {
    expect(sessionRoutePriority).to.equal(routePriority);
  });
});
