import { expect } from "chai";
import { parseCrds, vendoredCrds } from "../../components/vdi-operator.crds.ts";

const crd = (name: string) => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: ${name}
spec:
  group: example.com
`;

describe("parseCrds", () => {
  it("gives each document with its name, and skips empty ones", () => {
    const crds = parseCrds(`---\n${crd("as.example.com")}---\n---\n${crd("bs.example.com")}`);
    expect(crds.map(({ name }) => name)).to.deep.equal(["as.example.com", "bs.example.com"]);
    expect(crds[0]?.args.spec).to.deep.equal({ group: "example.com" });
  });

  it("says which document is something else", () => {
    expect(() => parseCrds(`${crd("as.example.com")}---\nkind: ConfigMap\nmetadata: {name: a}\n`)).to.throw(
      "document 2 is not a CustomResourceDefinition with a name",
    );
  });

  it("says which document cannot be read", () => {
    expect(() => parseCrds("a: [")).to.throw(/^document 1 is not YAML: /);
  });
});

describe("vendoredCrds", () => {
  it("are the three kinds of the API", () => {
    expect(vendoredCrds().map(({ name }) => name)).to.have.members([
      "vdisessions.vdi.kasm.io",
      "vditemplates.vdi.kasm.io",
      "vdipools.vdi.kasm.io",
    ]);
  });
});
