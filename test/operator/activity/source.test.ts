import { expect } from "chai";
import type { VDITemplate } from "../../../operator/api/objects.ts";
import { activitySource, silence } from "../../../operator/activity/source.ts";

type Spec = VDITemplate["spec"];

const template = (runtime: Spec["runtime"], stream: Spec["stream"] = "WebSocket") =>
  ({ metadata: { name: "ubuntu" }, spec: { image: "desktop:1", runtime, stream } }) as VDITemplate;

describe("where desktops tell who is connected", () => {
  it("is known by family and by how it streams, and where it is not a sentence says why", () => {
    const types = ["selkies-v1", "selkies-v2", "kasmvnc", "linuxserver", "custom"] as const;
    const streams = ["WebSocket", "WebRTC"] as const;
    const paths = types.flatMap((type) =>
      streams.map((stream) => [type, stream, activitySource(template({ type }, stream))?.path]),
    );
    expect(paths.filter(([, , path]) => path !== undefined)).to.deep.equal([
      ["selkies-v1", "WebRTC", "/metrics"],
      ["selkies-v2", "WebSocket", "/api/metrics"],
      ["selkies-v2", "WebRTC", "/api/metrics"],
      ["kasmvnc", "WebSocket", "/api/get_bottleneck_stats"],
    ]);
    expect(silence(template({ type: "linuxserver" }))).to.equal(
      "Desktops of the template ubuntu do not tell who is connected (linuxserver images that stream by WebSocket cannot): " +
        "spec.idle has no effect, the timeout does.",
    );
    expect(silence(template({ type: "custom" }))).to.contain("(it has no spec.runtime.activity)");
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
