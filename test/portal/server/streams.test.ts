import { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import { expect } from "chai";
import { Streams } from "../../../portal/server/streams.ts";
import { sessionView } from "../../../portal/view/session.ts";
import { FakeClock } from "../../kube/fake-clock.ts";
import { admin, alice, bob, session } from "../objects.ts";

/** A response that keeps what is written, and reads it only when told to. */
class Reader extends EventEmitter {
  text = "";
  writableLength = 0;
  writableEnded = false;
  destroyed = false;
  isSlow = false;
  writeHead(): void {
    this.text += "head\n";
  }
  write(part: string): void {
    this.text += part;
    if (this.isSlow) this.writableLength += Buffer.byteLength(part);
  }
  end(): void {
    this.writableEnded = true;
    this.emit("close");
  }
  destroy(): void {
    this.destroyed = true;
    this.emit("close");
  }
}

describe("event streams of the portal", () => {
  let clock: FakeClock;
  let streams: Streams;
  beforeEach(() => {
    clock = new FakeClock();
    streams = new Streams({ clock, mostInAll: 4, mostPerPerson: 2 });
  });
  const open = (person: typeof alice, seesAll = false, endsAtMs?: number) => {
    const reader = new Reader();
    const options = { seesAll, state: {}, ...(endsAtMs !== undefined && { endsAtMs }) };
    streams.open(reader as unknown as ServerResponse, person, options);
    return reader;
  };
  const change = () => streams.session(sessionView(session("hers"), undefined));

  it("tell a change to its user and to administrators who see all, once each", () => {
    const [hers, his, all, own] = [open(alice), open(bob), open(admin, true), open(admin)];
    change();
    const told = (reader: Reader) => reader.text.split("event: session").length - 1;
    expect([hers, his, all, own].map(told)).to.deep.equal([1, 0, 1, 0]);
  });

  it("are as many as a person, and all together, may have; one that is closed makes room", () => {
    const first = open(alice);
    open(alice);
    expect(() => open(alice)).to.throw("Too many pages");
    first.destroy();
    open(alice);
    open(bob);
    open(bob);
    expect(() => open(admin), "all together").to.throw("Too many pages");
    expect(streams.size).to.equal(4);
  });

  it("leave no trace of whoever went while it was being found out who it is", async () => {
    for (let count = 0; count < 5; count++) {
      const gone = new Reader();
      gone.destroy();
      streams.open(gone as unknown as ServerResponse, alice, {
        seesAll: false,
        state: {},
        endsAtMs: clock.date().getTime() + 1_000,
      });
      expect(gone.text).to.equal("");
    }
    expect(streams.size).to.equal(0);
    open(alice);
    await clock.advance(1_000);
    expect(clock.pending, "the heartbeat, and her hour").to.equal(2);
  });

  it("are not written to between the end of a connection and the word of it", () => {
    const hers = open(alice);
    hers.destroyed = true;
    const before = hers.text;
    change();
    expect(hers.text).to.equal(before);
  });

  it("do not pile up for whoever does not read: she is cut off", () => {
    const slow = open(alice);
    slow.isSlow = true;
    const kept = open(alice);
    for (let count = 0; count < 2_000 && !slow.destroyed; count++) change();
    expect(slow.destroyed).to.equal(true);
    expect(slow.writableLength).to.be.below(300_000);
    expect(kept.destroyed).to.equal(false);
  });

  it("end when the sign-in does, and are written to no more", async () => {
    const hers = open(alice, false, clock.date().getTime() + 5_000);
    await clock.advance(6_000);
    expect(hers.writableEnded).to.equal(true);
    const before = hers.text;
    change();
    expect(hers.text).to.equal(before);
    expect(streams.size).to.equal(0);
  });

  it("end after an hour where nobody tells of the end of the sign-in, and where that is later", async () => {
    const readers = [open(alice), open(alice, false, clock.date().getTime() + 12 * 3_600_000)];
    await clock.advance(3_599_000);
    expect(readers.map((it) => it.writableEnded)).to.deep.equal([false, false]);
    await clock.advance(1_000);
    expect(readers.map((it) => it.writableEnded)).to.deep.equal([true, true]);
    expect(streams.size).to.equal(0);
  });

  it("end with their connection for whoever has not read up to there, or they would keep their place", async () => {
    const slow = open(alice);
    slow.isSlow = true;
    change();
    await clock.advance(3_600_000);
    expect([slow.destroyed, streams.size]).to.deep.equal([true, 0]);
  });

  it("say that they are alive while nothing happens, as long as there are any", async () => {
    const hers = open(alice);
    await clock.advance(45_000);
    expect(hers.text.split(": still here").length - 1).to.equal(2);
    hers.destroy();
    await clock.advance(60_000);
    expect(clock.pending, "no timer is left").to.equal(0);
  });
});
