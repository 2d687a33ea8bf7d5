import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import fc from "fast-check";

import { choosePorts, isFreeOnLoopback, portNames } from "../../../lab/cluster/ports.ts";
import type { Ports } from "../../../lab/cluster/ports.ts";

const chosen = Object.fromEntries(portNames.map((name, index) => [name, 21_000 + index])) as Ports;
const allFree = () => Promise.resolve(true);
const counting = (from: number) => () => from++;

describe("lab ports", () => {
  it("keeps every port chosen earlier, so that kubeconfigs stay valid", async () => {
    expect(await choosePorts(chosen, new Set(), allFree)).to.deep.equal({ ports: chosen, moved: [] });
  });

  it("moves only the port that someone else took meanwhile, and says which", async () => {
    const isFree = (port: number) => Promise.resolve(port !== chosen.kwok);
    const { ports, moved } = await choosePorts(chosen, new Set(), isFree, counting(25_000));
    expect(ports).to.deep.equal({ ...chosen, kwok: 25_000 });
    expect(moved).to.deep.equal([{ name: "kwok", from: chosen.kwok, to: 25_000 }]);
  });

  it("leaves the ports of a running component alone although they are not free", async () => {
    const { moved } = await choosePorts(chosen, new Set(portNames), () => Promise.resolve(false));
    expect(moved).to.be.empty;
  });

  it("does not call a first choice a move", async () => {
    expect((await choosePorts({}, new Set(), allFree)).moved).to.be.empty;
  });

  it("never gives two components the same port, whatever was chosen and whatever is taken", async () => {
    const port = fc.integer({ min: 20_000, max: 20_020 });
    const earlier = fc.uniqueArray(port, { maxLength: portNames.length });
    await fc.assert(
      fc.asyncProperty(earlier, fc.uniqueArray(port, { maxLength: 8 }), async (kept, taken) => {
        const state = Object.fromEntries(kept.map((value, index) => [portNames[index], value])) as Partial<Ports>;
        const isFree = (value: number) => Promise.resolve(!taken.includes(value));
        const { ports } = await choosePorts(state, new Set(), isFree, counting(20_000));
        expect(new Set(Object.values(ports)).size).to.equal(portNames.length);
        expect(Object.values(ports).filter((value) => taken.includes(value))).to.be.empty;
      }),
    );
  });

  it("sees a listener on loopback", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    expect(await isFreeOnLoopback(port)).to.be.false;
    await new Promise((resolve) => server.close(resolve));
    expect(await isFreeOnLoopback(port)).to.be.true;
  });
});
