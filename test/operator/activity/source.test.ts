import { expect } from "chai";
import type { VDITemplate } from "../../../operator/api/objects.ts";
import { activitySource, silence } from "../../../operator/activity/source.ts";

const template = (runtime: VDITemplate["spec"]["runtime"]) =>
  ({ metadata: { name: "ubuntu" }, spec: { image: "desktop:1", runtime } }) as VDITemplate;

describe("where desktops tell who is connected", () => {
  it("is known for the families that tell", () => {
    const paths = (["selkies-v1", "selkies-v2", "kasmvnc"] as const).map(
      (type) => activitySource(template({ type }))?.path,
    );
    expect(paths).to.deep.equal(["/metrics", "/api/metrics", "/api/get_bottleneck_stats"]);
  });

  it("is not there for linuxserver's images and for custom ones that do not say, and a sentence says why", () => {
    for (const type of ["linuxserver", "custom"] as const) {
      expect(activitySource(template({ type }))).to.equal(undefined);
      expect(silence(template({ type }))).to.match(/^Desktops of the template ubuntu do not tell who is connected/);
    }
  });

  it("is what the template says, whatever the family", () => {
    const activity = { path: "/clients", metric: "connected_clients" };
    for (const type of ["linuxserver", "custom", "kasmvnc"] as const) {
      const source = activitySource(template({ type, activity }));
      expect(source?.path).to.equal("/clients");
      expect(source?.parse("connected_clients 1\n", undefined, 0).connected).to.equal(true);
    }
  });
});
