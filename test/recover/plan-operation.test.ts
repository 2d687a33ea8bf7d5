import { expect } from "chai";
import { planOperation } from "../../recover/plan-operation.ts";
import { commandResource, operation, resource, secretResource } from "./left-behind.ts";

const forget = { kind: "forget", urn: secretResource.urn };

describe("an interrupted creation", () => {
  it("is taken into the state when its object is ours, under the name that wrote it and with the plugin's id", () => {
    const created = { kind: "ours", manager: "pulumi-kubernetes-1a2b3c4d" } as const;
    const finding = planOperation(operation("creating", secretResource, { created }));
    expect(finding.object).to.equal("Secret desktops/kasm-secrets");
    expect(finding.steps).to.deep.equal([
      forget,
      {
        kind: "adopt",
        resource: {
          ...secretResource,
          id: "desktops/kasm-secrets",
          outputs: { __initialApiVersion: "v1", __fieldManager: "pulumi-kubernetes-1a2b3c4d" },
        },
      },
    ]);
  });

  it("has no namespace in its id when its object has none", () => {
    const namespace = resource("kubernetes:core/v1:Namespace", "kasm-namespace", {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "desktops" },
    });
    const { steps } = planOperation(operation("creating", namespace, { created: { kind: "ours", manager: "p" } }));
    expect(steps.map((step) => step.kind === "adopt" && step.resource.id)).to.deep.equal([false, "desktops"]);
  });

  it("is named with the commands, and its object left alone, when that is not ours", () => {
    const created = { kind: "foreign", reason: "it was not made by Pulumi" } as const;
    const finding = planOperation(operation("creating", secretResource, { created }));
    expect(finding.found).to.contain("it was not made by Pulumi");
    expect(finding.commands!.join("\n")).to.contain("kubectl get secret kasm-secrets --namespace desktops");
    expect(finding.steps).to.deep.equal([forget]);
  });

  it("is named with the commands when what it belongs to was destroyed since: the engine would refuse the state", () => {
    const created = { kind: "ours", manager: "p" } as const;
    const finding = planOperation(operation("creating", secretResource, { created, hasItsNeeds: false }));
    expect(finding.commands).not.to.equal(undefined);
    expect(finding.steps).to.deep.equal([forget]);
  });

  for (const [title, found] of [
    ["has not come to its object", operation("creating", secretResource, { created: { kind: "absent" } })],
    ["is a command's, which runs again", operation("creating", commandResource)],
    ["was made up for by a later run", operation("creating", secretResource, { isKnown: true })],
  ] as const)
    it(`only leaves the list when it ${title}`, () => {
      const { steps, commands } = planOperation(found);
      expect(steps).to.deep.equal([{ kind: "forget", urn: found.operation.resource.urn }]);
      expect(commands).to.equal(undefined);
    });
});

describe("another interrupted operation", () => {
  for (const type of ["updating", "deleting", "importing"] as const)
    it(`(${type}) makes its object be read anew: it may be as it was, as it should be, or gone`, () => {
      const { steps } = planOperation(operation(type, secretResource, { isKnown: true }));
      expect(steps).to.deep.equal([forget, { kind: "reread", urn: secretResource.urn }]);
    });

  it("only leaves the list when the state has no such resource any more, or it is no object of the cluster", () => {
    for (const found of [
      operation("deleting", secretResource),
      operation("updating", commandResource, { isKnown: true }),
    ])
      expect(planOperation(found).steps.map(({ kind }) => kind)).to.deep.equal(["forget"]);
  });
});
