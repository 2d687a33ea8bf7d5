import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { forward, forwardText, parseForward } from "../../../../lab/desktop/network/forward.ts";

describe("a way through the border of a namespace", () => {
  it("leads from a port by a socket to a port, also where a killed process left its socket behind", async () => {
    const folder = await mkdtemp(join(tmpdir(), "kasm-vdi-test-"));
    const server = createServer((_, response) => response.end("desktop"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const socket = join(folder, "a.sock");
    const far = await forward({ from: socket, to: (server.address() as AddressInfo).port });
    const near = await forward({ from: 0, to: socket });
    const url = `http://127.0.0.1:${(near.address() as AddressInfo).port}`;
    expect(await (await fetch(url, { headers: { connection: "close" } })).text()).to.equal("desktop");
    for (const open of [near, far, server]) open.close();
    await rm(folder, { recursive: true });
    (await forward({ from: 0, to: socket })).close();
  });

  it("listens on an address that it is given", async () => {
    const server = createServer((_, response) => response.end("gateway"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const near = await forward({ from: "127.0.0.2:0", to: (server.address() as AddressInfo).port });
    const { address, port } = near.address() as AddressInfo;
    expect(address).to.equal("127.0.0.2");
    expect(await (await fetch(`http://127.0.0.2:${port}`, { headers: { connection: "close" } })).text()).to.equal(
      "gateway",
    );
    for (const open of [near, server]) open.close();
  });

  it("is told to a process by one word", () => {
    for (const way of [
      { from: 443, to: "desktops/traefik.sock" },
      { from: "desktops/gateway.sock", to: 20_001 },
      { from: "10.43.0.7:8082", to: "desktops/gateway.sock" },
    ])
      expect(parseForward(forwardText(way))).to.deep.equal(way);
  });
});
