import { readFileSync } from "node:fs";
import { expect } from "chai";
import { z } from "zod";
import { crdFile, crdFileText } from "../../../operator/api/crd-file.ts";
import { structuralSchema } from "../../../operator/api/crd.ts";
import { vdiPool } from "../../../operator/api/vdi-pool.ts";
import { vdiSession } from "../../../operator/api/vdi-session.ts";
import { vdiTemplate } from "../../../operator/api/vdi-template.ts";
import { cpuQuantity, desktopResources, sizeQuantity } from "../../../operator/api/fields.ts";

interface Node {
  type?: string;
  enum?: unknown;
  format?: string;
  maxLength?: number;
  maxItems?: number;
  items?: Node;
  properties?: Record<string, Node>;
  additionalProperties?: Node;
  "x-kubernetes-int-or-string"?: boolean;
  "x-kubernetes-list-map-keys"?: string[];
  "x-kubernetes-validations"?: { rule: string }[];
}

describe("CRDs of vdi.kasm.io", () => {
  it("are generated: the file that the program ships equals what the types say (else run npm run crds)", () => {
    expect(readFileSync(crdFile, "utf8")).to.equal(crdFileText());
  });

  it("hold the three kinds, each with a status subresource", () => {
    const { items: crds } = JSON.parse(crdFileText()) as {
      items: { metadata: { name: string }; spec: { versions: { subresources: unknown }[] } }[];
    };
    expect(crds.map((crd) => crd.metadata.name)).to.deep.equal([
      "vdisessions.vdi.kasm.io",
      "vditemplates.vdi.kasm.io",
      "vdipools.vdi.kasm.io",
    ]);
    for (const crd of crds) expect(crd.spec.versions[0]?.subresources).to.have.property("status");
  });

  it("bound every text, list and map, so that no object of ours is large", () => {
    const unbounded: string[] = [];
    const look = (node: Node, path: string): void => {
      const isText = node.type === "string" && !node.enum && node.format !== "date-time";
      if ((isText || node["x-kubernetes-int-or-string"]) && node.maxLength === undefined) unbounded.push(path);
      const isConditions = node["x-kubernetes-list-map-keys"]?.[0] === "type";
      if (node.type === "array" && node.maxItems === undefined && !isConditions) unbounded.push(path);
      const limits = node["x-kubernetes-validations"]?.some(({ rule }) => rule.includes("self.size() <="));
      if (node.additionalProperties && !limits) unbounded.push(path);
      for (const [key, child] of Object.entries(node.properties ?? {})) look(child, `${path}.${key}`);
      for (const child of [node.items, node.additionalProperties]) if (child) look(child, `${path}[]`);
    };
    for (const { kind, spec, status } of [vdiSession, vdiTemplate, vdiPool])
      for (const schema of [spec, status]) look(structuralSchema(schema), kind);
    expect(unbounded).to.deep.equal([]);
  });

  it("take quantities above zero, in each way of writing them, and no others", () => {
    const judge = (schema: unknown, value: number | string) => {
      const [{ rule }] = (schema as { "x-kubernetes-validations": [{ rule: string }] })["x-kubernetes-validations"];
      const [, least = "", form = ""] = /self >= (\d+) : self\.matches\('(.*)'\)$/.exec(rule) ?? [];
      return typeof value === "number" ? value >= Number(least) : new RegExp(form).test(value);
    };
    const [cpu, size] = [cpuQuantity("c"), sizeQuantity("s")].map((it) => structuralSchema(it));
    for (const good of [1, 64, "2", "0.5", "500m", "10m", "1.25", "0.01", "900"])
      expect(judge(cpu, good), `${good}`).to.equal(true);
    for (const bad of [0, -1, "0", "0m", "9m", "0.0", "0.001", "", "two", "1e9", "-1", "1".repeat(20)])
      expect(judge(cpu, bad), `${bad}`).to.equal(false);
    for (const good of [1_073_741_824, "512Mi", "4Gi", "1Mi", "0.5Gi", "1.5Gi", "1048576", "1024Ki", "2Ti", "16M"])
      expect(judge(size, good), `${good}`).to.equal(true);
    for (const bad of [0, 8, "0", "0Gi", "0.0Gi", "512", "1Ki", "4GB", "1m", "9999999999P", "", "1".repeat(18)])
      expect(judge(size, bad), `${bad}`).to.equal(false);
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
    expect(structuralSchema(cpuQuantity("CPU").default("1"))).to.include({
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
