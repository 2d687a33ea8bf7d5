import { expect } from "chai";
import { parse, parseAllDocuments } from "yaml";
import { installSteps, removeSteps } from "../../bench/baseline.ts";
import type { StateResource } from "../../bench/baseline.ts";

const object = (kind: string, name: string, more: object = {}): StateResource => ({
  type: `kubernetes:core/v1:${kind}`,
  urn: name,
  custom: true,
  inputs: { __defaults: [], apiVersion: "v1", kind, metadata: { name }, ...more },
});
const release: StateResource = {
  type: "kubernetes:helm.sh/v3:Release",
  urn: "kasm",
  custom: true,
  inputs: {
    name: "kasm",
    namespace: "kasm",
    chart: "./chart",
    version: "1.2.3",
    timeout: 900,
    values: { a: { __defaults: [], b: 1 } },
  },
};

describe("the peer of `pulumi up`", () => {
  it("applies namespaces first, then the rest in the state's order, and installs each chart where it comes", () => {
    const steps = installSteps([
      object("Secret", "one"),
      object("Namespace", "kasm"),
      release,
      object("Secret", "two"),
    ]);
    const told = steps.map((step) =>
      step.kind === "helm"
        ? step.name
        : parseAllDocuments(step.manifests).map((document) => (document.toJS() as { kind: string }).kind),
    );
    expect(told).to.deep.equal([["Namespace"], ["Secret"], "kasm", ["Secret"]]);
  });

  it("passes the chart, its version and its values on, without the engine's marks", () => {
    const [step] = installSteps([release]);
    expect(step).to.deep.include({
      namespace: "kasm",
      args: ["./chart", "--version", "1.2.3", "--timeout", "900s", "--wait"],
    });
    expect(parse((step as { values: string }).values)).to.deep.equal({ a: { b: 1 } });
  });

  it("opens what the state keeps secret", () => {
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", plaintext: '"swordfish"' };
    const [step] = installSteps([object("Secret", "one", { stringData: { password: secret } })]);
    expect(parse((step as { manifests: string }).manifests)).to.have.nested.property(
      "stringData.password",
      "swordfish",
    );
  });

  it("leaves out commands, components, patches and what is only read", () => {
    const others: StateResource[] = [
      { type: "command:local:Command", urn: "a", custom: true, inputs: { create: "true" } },
      { type: "kasm:gpu:GpuOperator", urn: "b", custom: false, inputs: {} },
      { ...object("ConfigMap", "c"), type: "kubernetes:core/v1:ConfigMapPatch" },
      { ...object("Service", "d"), external: true },
    ];
    expect(installSteps(others)).to.deep.equal([]);
  });

  it("removes charts before what they stand on", () => {
    const steps = installSteps([object("Namespace", "kasm"), object("Secret", "one"), release]);
    expect(removeSteps(steps).map((step) => (step.kind === "helm" ? step.name : step.objects))).to.deep.equal([
      "kasm",
      1,
      1,
    ]);
  });
});
