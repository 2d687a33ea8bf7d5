import { expect } from "chai";
import {
  admissionPolicies,
  identityBinding,
  identityPolicy,
  metadataPolicy,
  templateBinding,
  templatePolicy,
} from "../../components/vdi-operator.admission.ts";

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

  it("exempts the operator, wherever it runs, and what Kubernetes itself deletes", () => {
    const conditions = Object.fromEntries(spec.matchConditions.map(({ name, expression }) => [name, expression]));
    expect(conditions["not-the-operator"]).to.contain("'system:serviceaccount:kasm-vdi-system:kasm-operator'");
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

describe("every admission policy", () => {
  it("is bound, and is named as its binding", () => {
    for (const { policy, binding } of Object.values(admissionPolicies("kasm-vdi-system"))) {
      const { name } = policy.metadata as { name: string };
      expect(binding).to.deep.include({ metadata: { name } }).and.to.have.nested.property("spec.policyName", name);
    }
  });
});
