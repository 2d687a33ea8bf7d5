import { expect } from "chai";
import { probeTarget } from "../../../operator/reachability/probe-target.ts";
import { sessionId } from "../../../operator/resources/names.ts";
import { podWith, session, template, view } from "../status/views.ts";

const settings = { domain: "vdi.example.com", traefikUrl: "https://traefik.example" };

describe("what of a session is looked at", () => {
  it("is the stream of a pod that is ready, where the template's family has it", () => {
    const target = probeTarget(view({ template: template({ runtime: { type: "kasmvnc" } }) }), settings, undefined);
    expect(target?.stream).to.deep.include({ ip: "10.42.1.7", port: 6901, scheme: "https", path: "/" });
  });

  it("is the picture itself, where the family gives it", () => {
    const picturePath = (type: "selkies-v2" | "linuxserver") =>
      probeTarget(view({ template: template({ runtime: { type } }) }), settings, undefined)?.stream.picturePath;
    expect([picturePath("selkies-v2"), picturePath("linuxserver")]).to.deep.equal(["/api/screenshot", undefined]);
  });

  it("is nothing while there is no pod that is ready", () => {
    expect(probeTarget(view({ pod: undefined }), settings, undefined)).to.equal(undefined);
    expect(probeTarget(view({ pod: podWith([]) }), settings, undefined)).to.equal(undefined);
    const ending = view().pod!;
    const deleted = { ...ending, metadata: { ...ending.metadata, deletionTimestamp: "2026-03-01T12:00:00Z" } };
    expect(probeTarget(view({ pod: deleted }), settings, undefined)).to.equal(undefined);
  });

  it("is the address too, which the operator's own door has to name; nobody is named where the image opens the door", () => {
    expect(probeTarget(view(), settings, undefined)?.route).to.include({ sessionId: sessionId(session()) });
    const byPassword = view({ template: template({ access: "Password" }) });
    expect(probeTarget(byPassword, settings, undefined)?.route).not.to.have.property("sessionId");
    expect(probeTarget(view(), { ...settings, traefikUrl: undefined }, undefined)).not.to.have.property("route");
  });

  it("is who is connected only where an idle time is set", () => {
    expect(probeTarget(view(), settings, undefined)).not.to.have.property("activity");
    const idle = session({ spec: { idle: { after: "30m", action: "Suspend", warnBefore: "5m" } } });
    expect(probeTarget(view({ session: idle }), settings, 7))
      .to.include({ decideAtMs: 7 })
      .and.to.have.property("activity");
  });
});
