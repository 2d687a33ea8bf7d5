import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { Thresholds, ask, watch } from "../../../../lab/desktop/node/probes.ts";

describe("a probe", () => {
  it("passes from 200 to 399 on the port that it names, and says in the kubelet's words why not", async () => {
    let code = 200;
    const server = createServer((_, response) => response.writeHead(code).end());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const container = { name: "a", image: "a", ports: [{ name: "stream", containerPort: port }] };
    const result = () => ask({ httpGet: { path: "/up", port: "stream" } }, container, "127.0.0.1");
    expect(await result()).to.equal(undefined);
    code = 503;
    expect(await result()).to.equal("HTTP probe failed with statuscode: 503");
    await new Promise((resolve) => server.close(resolve));
    expect(await result()).to.match(/^Get "http:\/\/127\.0\.0\.1:\d+\/up": /);
    expect(await ask({ tcpSocket: { port } }, container, "127.0.0.1")).to.match(/^dial tcp 127/);
  });

  it("counts when it failed as often in a row as it may, and at once when it passes", () => {
    const thresholds = new Thresholds({ failureThreshold: 3 });
    expect([false, false, true, false, false, false].map((it) => thresholds.add(it))).to.deep.equal([
      ...[undefined, undefined, true, undefined, undefined, false],
    ]);
  });

  it("asks until it is told to stop", async () => {
    const stop = new AbortController();
    const told: (boolean | string)[] = [];
    const results = ["no", undefined];
    await watch({
      probe: { periodSeconds: 0.01, failureThreshold: 1 },
      once: () => Promise.resolve(results.shift()),
      onFailure: (why) => told.push(why),
      onVerdict: (passes) => {
        told.push(passes);
        if (passes) stop.abort();
      },
      signal: stop.signal,
    });
    expect(told).to.deep.equal(["no", false, true]);
  });
});
