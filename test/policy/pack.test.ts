import { expect } from "chai";
import { unknownCheckingProxy } from "@pulumi/policy";
import type { ResourceValidationArgs, ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { policyPack } from "../../policy/pack.ts";
import type { ResourceRule, StackRule } from "../../policy/rule.ts";
import { unknownValue } from "../../policy/value.ts";

// The SDK's stand-in for a text that is not known yet (@pulumi/policy/proxy.js).
const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const head = { description: "What holds", why: "Why.", fix: "Do this.", level: "mandatory" as const };

const seen: unknown[] = [];
const judge: ResourceRule = {
  ...head,
  name: "judge",
  *check({ props, protect, provider, parent }) {
    seen.push({ props, protect, provider, parent });
    yield "it is wrong";
  },
};
const count: StackRule = {
  ...head,
  name: "count",
  *checkStack(resources) {
    for (const resource of resources) yield { resource, fault: `one of ${resources.length}` };
  },
};

// The SDK exports it without a type.
const checking = unknownCheckingProxy as (props: Record<string, unknown>) => Record<string, unknown>;

/** Arguments as the engine's side of the SDK makes them. */
const args = (name: string, props: Record<string, unknown>) =>
  ({
    type: "kubernetes:core/v1:ConfigMap",
    name,
    urn: `urn::${name}`,
    props: checking(props),
    opts: { protect: true, parent: "urn::parent" },
    provider: { urn: "urn::cluster", name: "cluster", type: "pulumi:providers:kubernetes", props: {} },
  }) as unknown as ResourceValidationArgs;

describe("the policy pack", () => {
  const [resourcePolicy, stackPolicy] = policyPack([judge, count]).policies as [
    ResourceValidationPolicy,
    StackValidationPolicy & ResourceValidationPolicy,
  ];
  const validate = (policy: ResourceValidationPolicy, of: ResourceValidationArgs) => {
    const said: string[] = [];
    const validation = policy.validateResource as (
      args: ResourceValidationArgs,
      report: (text: string) => void,
    ) => void;
    validation(of, (message) => said.push(message));
    return said;
  };

  it("carries name, description and level of each rule", () => {
    expect(resourcePolicy).to.include({ name: "judge", description: "What holds", enforcementLevel: "mandatory" });
    expect(stackPolicy).to.include({ name: "count", description: "What holds", enforcementLevel: "mandatory" });
  });

  it("says what is wrong with which object, why that matters and what to do", () => {
    const said = validate(resourcePolicy, args("x", { metadata: { name: "it", namespace: "ns" } }));
    expect(said).to.deep.equal(["ConfigMap ns/it (x): it is wrong. Why. Do this."]);
  });

  it("hands inputs over with everything that is not known marked, in groups and lists", () => {
    seen.length = 0;
    validate(resourcePolicy, args("x", { a: unknownText, b: [{ c: unknownText }, "d"], e: { f: null } }));
    expect(seen).to.deep.equal([
      {
        props: { a: unknownValue, b: [{ c: unknownValue }, "d"], e: { f: null } },
        protect: true,
        provider: { urn: "urn::cluster", name: "cluster" },
        parent: "urn::parent",
      },
    ]);
  });

  it("judges the inputs of all resources together, each resource once, and names the one at fault", () => {
    for (const name of ["x", "y", "x"]) validate(stackPolicy, args(name, {}));
    const said: [string, string | undefined][] = [];
    void stackPolicy.validateStack({} as never, (message, urn) =>
      said.push([typeof message === "string" ? message : "", urn]),
    );
    expect(said.map(([, urn]) => urn)).to.deep.equal(["urn::x", "urn::y"]);
    expect(said[0]?.[0]).to.match(/^ConfigMap x: one of 2\./);
  });

  it("leaves out what the engine does not tell", () => {
    expect(policyPack([{ ...judge, isForTestsOnly: true }]).policies).to.deep.equal([]);
  });
});
