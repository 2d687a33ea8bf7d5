import { expect } from "chai";
import { vendoredCrds } from "../../../components/vdi-operator/crds.ts";

describe("vendoredCrds", () => {
  it("are the three kinds of the API", () => {
    expect(vendoredCrds().map(({ name }) => name)).to.have.members([
      "vdisessions.vdi.kasm.io",
      "vditemplates.vdi.kasm.io",
      "vdipools.vdi.kasm.io",
    ]);
    for (const { args } of vendoredCrds()) expect(args.kind).to.equal("CustomResourceDefinition");
  });
});
