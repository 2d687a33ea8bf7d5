import { readFileSync } from "node:fs";
import { expect } from "chai";
import { parseAllDocuments } from "yaml";
import { z } from "zod";
import { crdFile, crdFileText } from "../../../operator/api/crd-file.ts";
import { structuralSchema } from "../../../operator/api/crd.ts";
import { desktopResources, quantity } from "../../../operator/api/fields.ts";

describe("CRDs of vdi.kasm.io", () => {
  it("are generated: the file that the program ships equals what the types say (else run npm run crds)", () => {
    expect(readFileSync(crdFile, "utf8")).to.equal(crdFileText());
  });

  it("hold the three kinds, each with a status subresource", () => {
    const crds = parseAllDocuments(crdFileText()).map(
      (document) => document.toJS() as { metadata: { name: string }; spec: { versions: { subresources: unknown }[] } },
    );
    expect(crds.map((crd) => crd.metadata.name)).to.deep.equal([
      "vdisessions.vdi.kasm.io",
      "vditemplates.vdi.kasm.io",
      "vdipools.vdi.kasm.io",
    ]);
    for (const crd of crds) expect(crd.spec.versions[0]?.subresources).to.have.property("status");
  });

  it("use no keyword that a structural schema forbids", () => {
    for (const keyword of ["additionalProperties: false", "propertyNames", "$schema", "const:"])
      expect(crdFileText()).not.to.contain(keyword);
  });
});

describe("structuralSchema", () => {
  it("leaves out the integer bounds that only say what a double can hold", () => {
    expect(structuralSchema(z.int())).to.deep.equal({ type: "integer" });
    expect(structuralSchema(z.int().min(1).max(65535))).to.deep.equal({ type: "integer", minimum: 1, maximum: 65535 });
  });

  it("does not require a field that has a default", () => {
    expect(structuralSchema(z.object({ a: z.string(), b: z.string().default("x") }))).to.deep.equal({
      type: "object",
      required: ["a"],
      properties: { a: { type: "string" }, b: { type: "string", default: "x" } },
    });
  });

  it("writes a quantity as int-or-string, so that cpu: 2 and cpu: 500m both pass", () => {
    expect(structuralSchema(quantity("CPU").default("1"))).to.include({
      default: "1",
      description: "CPU",
      "x-kubernetes-int-or-string": true,
    });
  });

  it("keeps string maps as maps", () => {
    expect(structuralSchema(z.record(z.string(), z.string()))).to.deep.equal({
      type: "object",
      additionalProperties: { type: "string" },
    });
  });

  it("carries CEL rules of fields that are optional", () => {
    const schema = structuralSchema(z.object({ resources: desktopResources("x").optional() }));
    expect(JSON.stringify(schema)).to.contain("self == 0 || self == 1");
  });
});
