import { expect } from "chai";
import { starterTemplates } from "../../../components/vdi-operator/templates.ts";
import { vdiTemplateSpec } from "../../../operator/api/vdi-template.ts";

describe("the starter templates", () => {
  it("are what the API's schema takes, and say nothing that it does not know", () => {
    const templates = starterTemplates(8, {});
    expect(templates).to.have.length(4);
    for (const { metadata, spec } of templates) {
      const parsed = vdiTemplateSpec.strict().safeParse(spec);
      expect(parsed.error, metadata.name).to.equal(undefined);
    }
  });

  it("pin their images by a tag that does not move", () => {
    for (const { spec } of starterTemplates(8, {})) expect(spec.image).to.match(/:[\w.-]*\d[\w.-]*$/);
  });

  it("ask for a GPU only where there are slices", () => {
    const gpus = (slices: number) =>
      starterTemplates(slices, {}).map(({ spec }) => [spec.resources.default.gpu, spec.resources.max.gpu]);
    expect(gpus(0)).to.deep.equal([
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
    expect(gpus(16)).to.deep.include([1, 1]);
  });

  it("come from the mirror where there is one", () => {
    const images = starterTemplates(8, { mirror: "registry.example.com/mirror" }).map(({ spec }) => spec.image);
    for (const image of images) expect(image).to.match(/^registry\.example\.com\/mirror\//);
  });

  it("let only images that start as root, or prepare by sudo, have more than the restricted level", () => {
    const profiles = starterTemplates(8, {}).map(({ spec }) => [spec.runtime.type, spec.securityProfile]);
    expect(Object.fromEntries(profiles)).to.deep.equal({
      kasmvnc: "restricted",
      linuxserver: "baseline",
      "selkies-v1": "baseline",
      "selkies-v2": "baseline",
    });
  });
});
