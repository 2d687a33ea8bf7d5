import { readFileSync } from "node:fs";
import { expect } from "chai";
import { format, resolveConfig } from "prettier";
import { keyReferences, projectFile, referencePage } from "../../stacks/reference.ts";

const path = (file: string) => new URL(`../../${file}`, import.meta.url).pathname;
const read = (file: string) => readFileSync(path(file), "utf8");
const formatted = async (file: string, text: string) =>
  format(text, { ...(await resolveConfig(path(file))), filepath: path(file) });

describe("the config reference", () => {
  it("is what the schema gives; else run `npm run config reference`", async () => {
    expect(read("docs/config-reference.md")).to.equal(await formatted("docs/config-reference.md", referencePage()));
  });

  it("is what Pulumi.yaml says about each key; else run `npm run config reference`", async () => {
    const project = read("Pulumi.yaml");
    expect(project).to.equal(await formatted("Pulumi.yaml", projectFile(project)));
  });

  it("describes every key in a sentence and says what it must be", () => {
    for (const { key, description, allowed } of keyReferences()) {
      expect(description, key).to.match(/^[A-Za-z].*\.$/);
      expect(allowed, key).to.not.equal("");
    }
  });

  it("knows required keys, defaults and secrets", () => {
    const find = (wanted: string) => keyReferences().find(({ key }) => key === wanted);
    expect(find("domain")).to.include({ isRequired: true, isSecret: false });
    expect(find("gpu.replicasPerGpu")).to.include({ isRequired: false, defaultValue: "8" });
    expect(find("agents[].privateKey")).to.include({ isSecret: true });
  });
});
