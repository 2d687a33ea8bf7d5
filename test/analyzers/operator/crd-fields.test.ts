import { expect } from "chai";
import { crdFields } from "../../../analyzers/operator/crd-fields.ts";
import { vendoredCrds } from "../../../components/vdi-operator/crds.ts";

interface Schema {
  properties: Record<string, { properties: object }>;
}

describe("the fields by which an old definition is told", () => {
  it("are those of the definitions that the program installs", () => {
    const installed = vendoredCrds().map(({ name, args }) => {
      const { versions } = args.spec as { versions: { schema: { openAPIV3Schema: Schema } }[] };
      const { spec, status } = versions[0]!.schema.openAPIV3Schema.properties;
      return [name, { spec: Object.keys(spec!.properties), status: Object.keys(status!.properties) }] as const;
    });
    expect(crdFields).to.deep.equal(Object.fromEntries(installed));
  });
});
