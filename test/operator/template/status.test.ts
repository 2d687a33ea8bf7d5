import { expect } from "chai";
import { templateStatus } from "../../../operator/template/status.ts";
import { now, template } from "../status/views.ts";

const settings = { turn: undefined, extraMiddlewares: [] };

describe("the status of a template", () => {
  it("says that sessions can be made from it, and how many there are", () => {
    const { conditions, sessions } = templateStatus(template(), 3, settings, now);
    expect(sessions).to.equal(3);
    expect(conditions?.[0]).to.include({ type: "Ready", status: "True", reason: "Usable" });
  });

  it("says what is wrong and what to do", () => {
    const { conditions } = templateStatus(template({ stream: "WebRTC" }), 0, settings, now);
    expect(conditions?.[0]).to.include({ status: "False", reason: "TemplateInvalid" });
    expect(conditions?.[0]?.message).to.contain("kasm-vdi:turn.enabled");
  });

  it("is the same again as long as nothing changes", () => {
    const status = templateStatus(template(), 3, settings, now);
    const later = new Date(now.getTime() + 60_000);
    expect(templateStatus({ ...template(), status }, 3, settings, later)).to.deep.equal(status);
  });
});
