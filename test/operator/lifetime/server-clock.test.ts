import { expect } from "chai";
import fc from "fast-check";
import { ServerClock } from "../../../operator/lifetime/server-clock.ts";
import { FakeClock } from "../../kube/fake-clock.ts";

/** A server whose time is `Date.UTC(2026, 0, 1)` when the machine's clock is at 0. */
const serverDate = (machine: FakeClock, offMs = 0) =>
  new Date(Math.floor((Date.UTC(2026, 0, 1) + machine.now() + offMs) / 1000) * 1000);

describe("the API server's clock", () => {
  let said: string[];
  const clockOf = (machine: FakeClock) => {
    said = [];
    return new ServerClock({ clock: machine, log: (message) => said.push(message) });
  };

  it("is this machine's until the server answers, then the server's within a second", async () => {
    const machine = new FakeClock(30_000);
    const clock = clockOf(machine);
    expect(clock.date()).to.deep.equal(machine.date());
    await machine.advance(12_345);
    clock.onServerDate(serverDate(machine));
    expect(clock.date().getTime()).to.be.closeTo(Date.UTC(2026, 0, 1) + 12_345, 1_000);
    expect(said).to.deep.equal([
      "the clock of this machine is 30 s ahead of the API server's; timeouts follow the API server. Set the time on this " +
        "node, or on the API server's, by NTP",
    ]);
  });

  it("does not move for jitter below two seconds, and says nothing about a small difference", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(60_000), fc.integer({ min: -1_400, max: 1_400 })), { minLength: 1 }),
        (steps) => {
          const machine = new FakeClock(1_000);
          const clock = clockOf(machine);
          clock.onServerDate(new Date(Date.UTC(2026, 0, 1)));
          for (const [ms, jitterMs] of steps) {
            machine.freeze(ms);
            clock.onServerDate(new Date(Date.UTC(2026, 0, 1) + machine.now() + jitterMs));
            expect(clock.date().getTime()).to.equal(Date.UTC(2026, 0, 1) + 500 + machine.now());
          }
          expect(said).to.deep.equal([]);
        },
      ),
    );
  });

  it("follows a server whose clock was set once three answers agree, and says so once", () => {
    const machine = new FakeClock();
    const clock = clockOf(machine);
    clock.onServerDate(serverDate(machine));
    for (const offMs of [40_000, -10_000]) {
      const before = clock.date().getTime();
      for (let answers = 0; answers < 2; answers++) clock.onServerDate(serverDate(machine, offMs));
      expect(clock.date().getTime()).to.equal(before);
      clock.onServerDate(serverDate(machine, offMs));
      expect(clock.date().getTime()).to.be.closeTo(serverDate(machine, offMs).getTime(), 1_000);
    }
    expect(said).to.have.length(1);
  });

  it("is not moved by single answers that are wrong, nor by a header that is no date", () => {
    const machine = new FakeClock();
    const clock = clockOf(machine);
    for (let answer = 0; answer < 20; answer++) {
      clock.onServerDate(serverDate(machine));
      clock.onServerDate(serverDate(machine, 9e9));
      clock.onServerDate(new Date("no date"));
    }
    expect(clock.date().getTime()).to.be.closeTo(serverDate(machine).getTime(), 1_000);
  });

  it("ends nobody's session where it differs from this machine's, and says so while it does", () => {
    const machine = new FakeClock();
    const clock = clockOf(machine);
    clock.onServerDate(serverDate(machine));
    expect(clock.doubt).to.equal(undefined);
    for (let answers = 0; answers < 3; answers++) clock.onServerDate(serverDate(machine, 9 * 3_600_000));
    expect(clock.doubt).to.match(/the clock of this machine is 3240[01] s behind the API server's/);
    for (let answers = 0; answers < 3; answers++) clock.onServerDate(serverDate(machine));
    expect(clock.doubt).to.equal(undefined);
    expect(said).to.have.length(2);
    expect(said[0]).to.match(/^no session is ended or suspended by time, for the clock of this machine/);
    expect(said[1]).to.match(/^the clocks agree again/);
  });

  it("does not feel that this machine's own wall clock is set", () => {
    let wall = Date.UTC(2026, 0, 1);
    const machine = { now: () => 0, date: () => new Date(wall), after: () => () => undefined };
    const clock = new ServerClock({ clock: machine });
    clock.onServerDate(new Date(wall));
    const before = clock.date();
    wall += 86_400_000;
    expect(clock.date()).to.deep.equal(before);
  });
});
