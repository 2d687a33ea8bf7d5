import { expect } from "chai";
import { preferredTemplate, sessionObject } from "../../../lab/session/create.ts";
import { named } from "../../../lab/session/objects.ts";
import type { Template } from "../../../lab/session/objects.ts";
import { vdiSessionSpec } from "../../../operator/api/vdi-session.ts";

const template = (name: string, gpu?: number): Template => ({
  metadata: { name },
  spec: gpu === undefined ? {} : { resources: { default: { gpu } } },
});

describe("a session that the lab makes", () => {
  it("takes a slice of a GPU where a template does so, else the plain Ubuntu", () => {
    const plain = [template("office"), template("ubuntu", 0), template("webtop")];
    expect(preferredTemplate([...plain, template("ubuntu-gpu", 1)]).metadata.name).to.equal("ubuntu-gpu");
    expect(preferredTemplate(plain).metadata.name).to.equal("ubuntu");
    expect(preferredTemplate([template("office")]).metadata.name).to.equal("office");
    expect(() => preferredTemplate([])).to.throw("There is no VDITemplate");
  });

  it("says only what was asked for, so that the API's defaults hold for the rest", () => {
    const { metadata, spec } = sessionObject({ name: "demo", user: "a@example.com" }, "ubuntu", "desktops");
    expect(metadata).to.deep.equal({ name: "demo", namespace: "desktops" });
    expect(spec).to.deep.equal({ user: "a@example.com", template: "ubuntu" });
  });

  it("says all that can be asked for as the API has it", () => {
    const request = { user: "a@example.com", gpu: 0, home: false, timeout: "30m" };
    const { metadata, spec } = sessionObject(request, "ubuntu", "desktops");
    expect(metadata).to.deep.equal({ generateName: "ubuntu-", namespace: "desktops" });
    expect(vdiSessionSpec.parse(spec)).to.deep.include({ resources: { gpu: 0 }, timeout: "30m" });
    expect(vdiSessionSpec.parse(spec).persistence.enabled).to.equal(false);
  });
});

describe("a name that does not exist", () => {
  it("is answered with the closest, and with all", () => {
    const all = [template("ubuntu"), template("webtop")];
    expect(named("template", "webtop", all)).to.equal(all[1]);
    expect(() => named("template", "ubunto", all)).to.throw(
      "There is no template ubunto. Did you mean ubuntu? All: ubuntu, webtop.",
    );
  });

  it("is answered without a guess when there is nothing to choose from", () => {
    expect(() => named("session", "demo", [])).to.throw("There is no session demo; there are no sessions at all.");
  });
});
