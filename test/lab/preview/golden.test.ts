import { expect } from "chai";
import { golden } from "../../../lab/preview/golden.ts";
import { stackStep, stackUrn, step, urn } from "./preview-steps.ts";

const ofInputs = (inputs: Record<string, unknown>, type = "kubernetes:core/v1:ConfigMap") =>
  golden([step(type, "it", { inputs })]);

describe("the golden of a preview", () => {
  it("has a line per step with its inputs below, indented like the tree", () => {
    const component = step("kasm:gpu:GpuOperator", "gpu", { parent: stackUrn });
    const namespace = step("kubernetes:core/v1:Namespace", "gpu-namespace", {
      parent: urn("kasm:gpu:GpuOperator", "gpu"),
      inputs: { apiVersion: "v1", kind: "Namespace", metadata: { name: "gpu" } },
    });
    expect(golden([namespace, component, stackStep])).to.equal(
      [
        "create pulumi:pulumi:Stack kasm-vdi-dev",
        "  create kasm:gpu:GpuOperator gpu",
        "    create kubernetes:core/v1:Namespace gpu-namespace",
        "        metadata:",
        "          name: gpu",
        "",
      ].join("\n"),
    );
  });

  it("names a Release's chart and version, and leaves out what it does not ask for", () => {
    const inputs = { chart: "./charts/kasm-helm", version: "1.2.3", atomic: false, keyring: "", timeout: 900 };
    expect(ofInputs(inputs, "kubernetes:helm.sh/v3:Release")).to.equal(
      "create kubernetes:helm.sh/v3:Release it kasm-helm@1.2.3\n    timeout: 900\n",
    );
  });

  it("marks what keeps a resource from being deleted or updated", () => {
    const state = { protect: true, retainOnDelete: true, deletedWith: urn("x", "home"), ignoreChanges: ["data"] };
    expect(golden([step("x:y:Z", "z", state)])).to.equal(
      "create x:y:Z z [protected] [retained] [deleted with home] [ignores data]\n",
    );
  });

  it("writes inputs in one order, whatever order they come in", () => {
    expect(ofInputs({ b: { d: 1, c: 2 }, a: 3 })).to.equal(ofInputs({ a: 3, b: { c: 2, d: 1 } }));
  });

  it("holds no path of the machine: folders of the preview have names", () => {
    const inputs = { command: "node /tmp/p-1/x.ts", where: { KUBECONFIG: "/tmp/p-1/kubeconfig" } };
    const text = golden([step("x:y:Z", "z", { inputs })], {
      "/tmp/p-1/kubeconfig": "<kubeconfig>",
      "/tmp/p-1": "<preview>",
    });
    expect(text).to.contain("node <preview>/x.ts").and.to.contain("KUBECONFIG: <kubeconfig>");
    expect(text).not.to.contain("/tmp");
  });

  it("hashes a long text without the paths in it", () => {
    const long = (folder: string) => `${folder}\n${"line\n".repeat(20)}`;
    const of = (folder: string) => golden([step("x:y:Z", "z", { inputs: { a: long(folder) } })], { [folder]: "<x>" });
    expect(of("/tmp/a"))
      .to.equal(of("/tmp/b"))
      .and.to.match(/a: <22 lines, sha256 [0-9a-f]{12}>/);
  });

  it("changes with one character of a long text and of a CRD's schema", () => {
    const script = (last: string) => ofInputs({ data: { setup: `${"line\n".repeat(20)}${last}` } });
    const crd = (last: string) =>
      ofInputs({ spec: { last } }, "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition");
    expect(script("a")).not.to.equal(script("b"));
    expect(crd("a")).not.to.equal(crd("b"));
  });

  it("shows JSON in a text as what it is, and other text in braces as text", () => {
    expect(ofInputs({ INPUT: '{"namespace":"kasm","list":[1]}' })).to.contain(
      "INPUT:\n      list: [1]\n      namespace: kasm\n",
    );
    expect(ofInputs({ text: "{not json" })).to.contain('text: "{not json"');
  });

  it("has a list of words on one line, and a list of objects below each other", () => {
    const text = ofInputs({ rules: [{ verbs: ["get", "list"] }, { verbs: ["watch"] }] });
    expect(text).to.match(/ {4}rules:\n {6}- verbs: \[get, list\]\n {6}- verbs: \[watch\]\n$/);
  });

  it("says that a value is known after up only, and shows no secret", () => {
    const text = ofInputs({ ip: "04da6b54-80e4-46f7-96ec-b56ff0331ba9", password: "[secret]" });
    expect(text).to.contain("ip: <known after up>").and.to.contain('password: "[secret]"');
  });
});
