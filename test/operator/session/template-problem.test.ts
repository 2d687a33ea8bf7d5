import { expect } from "chai";
import { templateProblem } from "../../../operator/session/template-problem.ts";
import { session, template } from "../status/views.ts";
import { settings } from "./settings.ts";

const withTurn = settings;
const withoutTurn = { ...settings, turn: undefined };

describe("what is wrong between a session and its template", () => {
  it("is nothing for a plain one", () => {
    expect(templateProblem(session(), template(), withoutTurn)).to.equal(undefined);
  });

  it("is a variable that belongs to the operator", () => {
    const env = [{ name: "SELKIES_ENABLE_BASIC_AUTH", value: "false" }];
    const problem = templateProblem(session(), template({ env }), withoutTurn);
    expect(problem?.reason).to.equal("TemplateInvalid");
    expect(problem?.message).to.contain("SELKIES_ENABLE_BASIC_AUTH").and.to.contain("remove it");
  });

  it("is WebRTC without a TURN server, or by an image that cannot", () => {
    expect(templateProblem(session(), template({ stream: "WebRTC" }), withoutTurn)?.message).to.contain("no");
    expect(templateProblem(session(), template({ stream: "WebRTC" }), withTurn)).to.equal(undefined);
    const kasmvnc = template({ stream: "WebRTC", runtime: { type: "kasmvnc" } });
    expect(templateProblem(session(), kasmvnc, withTurn)?.message).to.contain("selkies");
  });

  it("is one for some users or groups, of which the session names none, at each start", () => {
    const allowed = { users: ["bob"] };
    expect(templateProblem(session(), template({ allowed }), withTurn)?.reason).to.equal("NotAllowed");
    expect(templateProblem(session(), template({ allowed: { users: ["alice@example.com"] } }), withTurn)).to.equal(
      undefined,
    );
    const forStaff = template({ allowed: { ...allowed, groups: ["staff"] } });
    const problem = templateProblem(session(), forStaff, withTurn);
    expect(problem?.reason).to.equal("NotAllowed");
    expect(problem?.message).to.contain("in spec.groups");
    const of = (groups: string[]) => templateProblem(session({ spec: { groups } }), forStaff, withTurn);
    expect(of(["guests"])?.reason).to.equal("NotAllowed");
    expect(of(["guests", "staff"])).to.equal(undefined);
  });

  it("is a password of the image's own beside a sign-in of the site, whose cookie the desktop would get", () => {
    const password = template({ access: "Password" });
    expect(templateProblem(session(), password, { ...settings, extraMiddlewares: [] })).to.equal(undefined);
    const problem = templateProblem(session(), password, { ...settings, extraMiddlewares: ["sign-in"] });
    expect(problem?.reason).to.equal("TemplateInvalid");
    expect(problem?.message).to.contain("set access: ForwardAuth");
  });

  it("is a variable by which the NVIDIA runtime would mount GPUs that the desktop has no slice of", () => {
    const env = [{ name: "NVIDIA_VISIBLE_DEVICES", value: "all" }];
    expect(templateProblem(session(), template({ env }), withTurn)?.message).to.contain("NVIDIA_VISIBLE_DEVICES");
  });

  it("is nothing at all of what has to be limited, or no amount, from before the API refused it", () => {
    for (const cpu of ["0", "0m", "1".repeat(9).padEnd(20_000, "x")]) {
      const problem = templateProblem(session({ spec: { resources: { cpu } } }), template(), withTurn);
      expect(problem?.reason).to.equal("ResourcesExceeded");
      expect(problem?.message).to.contain("spec.resources.cpu").and.to.have.lengthOf.below(200);
    }
  });

  it("is a home beyond the template's bounds", () => {
    const home = { maxSize: "20Gi", storageClassNames: ["fast", "slow"] };
    const asking = (persistence: object) =>
      templateProblem(
        session({ spec: { persistence: { enabled: true, size: "10Gi", reclaim: "Retain", ...persistence } } }),
        template({ home }),
        withTurn,
      );
    expect(asking({ size: "20480Mi", storageClassName: "fast" })).to.equal(undefined);
    expect(asking({ size: "9999Ti", enabled: false })).to.equal(undefined);
    expect(asking({ size: "21Gi" })?.message)
      .to.contain("persistence.size is 21Gi")
      .and.to.contain("at most 20Gi");
    expect(asking({ storageClassName: "gold" })?.message)
      .to.contain("gold")
      .and.to.contain("fast and slow");
  });

  it("is more than the template gives, in whatever unit it is said", () => {
    const max = { gpu: 0, cpu: 2, memory: "4Gi" };
    const asking = (resources: object) =>
      templateProblem(session({ spec: { resources } }), template({ resources: { max } }), withTurn);
    expect(asking({ cpu: "2000m", memory: "4096Mi" })).to.equal(undefined);
    expect(asking({ cpu: "2001m" })?.message)
      .to.contain("spec.resources.cpu is 2001m")
      .and.to.contain("at most 2");
    expect(asking({ memory: "5G" })?.reason).to.equal("ResourcesExceeded");
    expect(asking({ gpu: 1 })?.message).to.contain("spec.resources.gpu");
  });
});
