import { expect } from "chai";
import { createServer } from "node:http";
import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import { probePort } from "../../../diagnose/probes/port-forward.ts";
import type { Forwarder } from "../../../diagnose/probes/port-forward.ts";

const target = { namespace: "kasm-vdi", pod: "demo", port: 8080 };

/** As the API server and a kubelet do it: bytes to a port on loopback, or their words on the second channel. */
function forwarding(to: number): Forwarder {
  return {
    portForward(_namespace, _pod, _ports, output, errors, input) {
      const socket = connect(to, "127.0.0.1");
      socket.on("error", ({ message }) => errors?.write(`an error occurred forwarding: ${message}`));
      socket.pipe(output, { end: false });
      input.pipe(socket);
      return Promise.resolve(() => null);
    },
  };
}

async function listening<T>(status: number, use: (port: number) => Promise<T>): Promise<T> {
  const server = createServer((_, response) => response.writeHead(status).end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await use((server.address() as AddressInfo).port);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe("the probe of a desktop's port", () => {
  it("is content with any answer, a password asked for among them", async () => {
    const result = await listening(401, (port) => probePort(forwarding(port), target, 1_000));
    expect(result).to.deep.include({ about: "Pod kasm-vdi/demo", ok: true, message: "answers HTTP 401" });
  });

  it("tells a stream server whose desktop is not up", async () => {
    const { ok, details } = await listening(503, (port) => probePort(forwarding(port), target, 1_000));
    expect({ ok, details }).to.deep.equal({ ok: false, details: { port: 8080, status: 503 } });
  });

  it("tells a port at which nothing listens, in the kubelet's words", async () => {
    const free = await listening(200, (port) => Promise.resolve(port));
    const { ok, message } = await probePort(forwarding(free), target, 1_000);
    expect(ok).to.equal(false);
    expect(message).to.match(/ECONNREFUSED/);
  });

  it("holds nothing against a pod that it may not ask", async () => {
    const denied: Forwarder = { portForward: () => Promise.reject(new Error("Unexpected server response: 403")) };
    expect((await probePort(denied, target, 1_000)).details).to.include({ isRefusedByApi: true });
  });

  it("ends in time", async () => {
    const silent: Forwarder = { portForward: () => Promise.resolve(() => null) };
    expect(await probePort(silent, target, 100)).to.include({ ok: false, message: "does not answer in time" });
  });
});
