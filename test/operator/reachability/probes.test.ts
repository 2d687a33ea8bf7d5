import { expect } from "chai";
import { activitySource } from "../../../operator/activity/source.ts";
import type { VDITemplate } from "../../../operator/api/objects.ts";
import { networkProbes } from "../../../operator/reachability/probes.ts";
import { Prober } from "../../../operator/reachability/prober.ts";
import { DesktopServer } from "./desktop-server.ts";

const template = { spec: { runtime: { type: "kasmvnc" }, stream: "WebSocket" } } as unknown as VDITemplate;
const password = Buffer.from("kasm_user:s3cret").toString("base64");

describe("looks over the network", () => {
  let desktop: DesktopServer;
  let prober: Prober;
  let told: () => void;
  const probes = networkProbes({ date: () => new Date(), allowLoopback: true });

  after(() => probes.close());
  afterEach(async () => {
    await prober.stop();
    await desktop.stop();
  });

  it("come to know a desktop like Kasm's: that it answers, and who is connected, in one go", async () => {
    const asked: (string | undefined)[] = [];
    desktop = await DesktopServer.start(({ url, headers }, response) => {
      asked.push(url);
      const isKnown = headers.authorization === `Basic ${password}`;
      const body =
        url === "/" ? "<html>" : '{\n\t"kasm_user": {\n\t\t"10.42.0.1_1.2::websocket": [ 10.0, -nan ]\n\t}\n}\n';
      response.writeHead(isKnown ? 200 : 401).end(body);
    }, "https");
    const changed = new Promise<void>((resolve) => (told = resolve));
    prober = new Prober({
      probes,
      credentials: () => Promise.resolve({ user: "kasm_user", password: "s3cret" }),
      onChange: () => told(),
      log: (message) => expect.fail(message),
    });
    const activity = activitySource(template);
    prober.set("a", { uid: "1", stream: desktop.target(), ...(activity && { activity }) });
    await changed;
    const { stream, activity: who } = prober.seen("a", "1");
    expect(stream).to.deep.equal({ ok: true, message: "The stream answers." });
    expect(who).to.deep.include({ connected: true, message: "Somebody is connected." });
    expect(asked).to.deep.equal(["/", "/api/get_bottleneck_stats"]);
  });
});
