import { readFileSync } from "node:fs";
import { expect } from "chai";
import { parse } from "yaml";
import { loadConfig } from "../../stacks/config.ts";
import { configSchema } from "../../stacks/config.schema.ts";

const read = (file: string) =>
  parse(readFileSync(new URL(`../../${file}`, import.meta.url), "utf8")) as { config: Record<string, unknown> };

describe("Pulumi.yaml", () => {
  const { config } = read("Pulumi.yaml");

  it("describes every key of the program, and no other", () => {
    const keys = Object.keys(configSchema.shape).map((key) => `kasm-vdi:${key}`);
    expect(Object.keys(config)).to.have.members(keys);
    for (const [key, entry] of Object.entries(config))
      expect((entry as { description?: string }).description, key).to.match(/\.$/);
  });

  it("leaves types and required keys to the program, which reports all problems at once", () => {
    for (const [key, entry] of Object.entries(config))
      expect(entry, key).to.include({ default: "" }).and.not.have.property("type");
  });
});

for (const file of ["Pulumi.dev.yaml", "Pulumi.prod.yaml", "lab/stack.yaml"])
  describe(file, () => {
    it("is a valid config", () => {
      loadConfig(read(file).config, file);
    });

    it("lets no Kubernetes resource fall back to a default provider", () => {
      expect(read(file).config["pulumi:disable-default-providers"]).to.deep.equal(["kubernetes"]);
    });
  });

describe("the stacks' addresses", () => {
  it("are given for dev and prod, so that their previews need no cluster", () => {
    for (const file of ["Pulumi.dev.yaml", "Pulumi.prod.yaml"])
      expect(loadConfig(read(file).config).publicIPs, file).not.to.be.empty;
  });
});
