import { expect } from "chai";
import { objectsIn } from "../../helm/manifest.ts";

describe("the objects of a manifest", () => {
  it("are its documents, but for empty ones", () => {
    const manifest =
      "---\n# Source: a.yaml\n---\n# Source: b.yaml\nkind: Job\nmetadata: { name: a }\n---\nkind: Service\n";
    expect(objectsIn(manifest, "kasm").map(({ kind }) => kind)).to.deep.equal(["Job", "Service"]);
    expect(objectsIn("", "kasm")).to.deep.equal([]);
  });

  it("are in the release's namespace where they name none", () => {
    const manifest = "metadata: { name: a }\n---\nmetadata: { name: b, namespace: kube-system }\n";
    expect(objectsIn(manifest, "kasm").map(({ metadata }) => metadata)).to.deep.equal([
      { namespace: "kasm", name: "a" },
      { namespace: "kube-system", name: "b" },
    ]);
  });
});
