import { expect } from "chai";
import type { Reading } from "../../../operator/activity/reading.ts";
import type { ProbeTarget } from "../../../operator/reachability/probed-session.ts";
import { Prober } from "../../../operator/reachability/prober.ts";
import { FakeClock } from "../../kube/fake-clock.ts";

const nobody: Reading = { connected: false, message: "Nobody is connected." };
const somebody: Reading = { connected: true, message: "Somebody is connected." };
const answers = { ok: true, message: "The stream answers." };

describe("the prober", () => {
  let clock: FakeClock;
  let prober: Prober;
  let stream: (
    ip: string,
    signal: AbortSignal,
  ) => Promise<{ ok: boolean; message: string; refused?: true; isPictureLost?: true }>;
  let reading: Reading;
  let looks: { kind: string; ip: string; atMs: number }[];
  let changes: string[];
  let reads: string[];
  let errors: unknown[];

  beforeEach(() => {
    clock = new FakeClock();
    [looks, changes, reads, errors] = [[], [], [], []];
    reading = nobody;
    stream = () => Promise.resolve(answers);
    const note = (kind: string, ip: string) => looks.push({ kind, ip, atMs: clock.now() });
    prober = new Prober({
      clock,
      random: () => 0.5,
      probes: {
        stream: ({ ip }, _, signal) => (note("stream", ip), stream(ip, signal)),
        activity: ({ ip }) => (note("activity", ip), Promise.resolve(reading)),
        route: ({ host }) => (
          note("route", host),
          Promise.resolve({ ok: true, message: "It answers through Traefik." })
        ),
      },
      credentials: (key) => (reads.push(key), Promise.resolve({ user: "vdi", password: "s3cret" })),
      onChange: (key) => changes.push(key),
      log: (_, __, error) => errors.push(error),
    });
  });
  afterEach(() => prober.stop());

  const source = { path: "/metrics", parse: () => nobody };
  const target = (ip: string, change: Partial<ProbeTarget> = {}): ProbeTarget => ({
    ...{ uid: "1", stream: { ip, port: 8080, scheme: "http", path: "/" } },
    ...change,
  });
  const times = (kind: string) => looks.filter((it) => it.kind === kind).map((it) => it.atMs);

  it("looks once when a decision is due, also where time passes between two looks at the clock", async () => {
    let ticks = 0;
    const still = clock.now.bind(clock);
    clock.now = () => still() + ++ticks * 1e-6;
    prober.set("a", target("10.42.0.1", { activity: source, decideAtMs: clock.date().getTime() + 50_000 }));
    await clock.advance(52_000);
    expect(times("activity").filter((atMs) => atMs > 50_000)).to.have.lengthOf(1);
    expect(ticks).to.be.below(1_000);
  });

  it("checks a stream each second until it answers, then each minute, and says so once", async () => {
    stream = () => Promise.resolve(clock.now() < 3_000 ? { ok: false, message: "It refuses connections." } : answers);
    prober.set("a", target("10.42.0.1"));
    await clock.advance(130_000);
    expect(times("stream")).to.deep.equal([0, 1_000, 2_000, 3_000, 63_000, 123_000]);
    expect(changes).to.deep.equal(["a"]);
    expect(prober.seen("a", "1").stream).to.deep.equal(answers);
  });

  it("says within ten seconds that a picture is lost, and what it has told stays so until it is there again", async () => {
    let lost = false;
    stream = () =>
      Promise.resolve(lost ? { ok: false, isPictureLost: true, message: "Its display is gone." } : answers);
    const { stream: at } = target("10.42.0.1");
    prober.set("a", target("10.42.0.1", { stream: { ...at, picturePath: "/api/screenshot" } }));
    // At the worst moment: just after it was seen.
    await clock.advance(60_100);
    lost = true;
    await clock.advance(10_000);
    expect(prober.seen("a", "1").stream).to.deep.include({ ok: false, isPictureLost: true });
    expect(changes).to.deep.equal(["a", "a"]);
    lost = false;
    await clock.advance(1_000);
    expect(prober.seen("a", "1").stream?.ok).to.equal(true);
  });

  it("looks at who is connected only where that is wanted, with the stream's first answer and then each half minute", async () => {
    prober.set("a", target("10.42.0.1", { activity: source }));
    prober.set("b", target("10.42.0.2"));
    await clock.advance(70_000);
    expect(new Set(looks.filter((it) => it.kind === "activity").map((it) => it.ip))).to.deep.equal(
      new Set(["10.42.0.1"]),
    );
    expect(times("activity").map((atMs) => Math.round(atMs / 1_000))).to.deep.equal([0, 30, 60]);
    expect(changes).to.have.members(["a", "b"]);
    expect(prober.seen("a", "1").activity).to.deep.include({
      connected: false,
      sinceMs: clock.date().getTime() - 70_000,
    });
  });

  it("asks the stream at once, and once, when a look at who is connected fails", async () => {
    prober.set("a", target("10.42.0.1", { activity: source }));
    await clock.advance(1_000);
    reading = { connected: undefined, message: "The stream refuses connections." };
    await clock.advance(58_000);
    expect(times("stream")).to.deep.equal([0, 30_000]);
    stream = () => Promise.resolve({ ok: false, message: "The stream refuses connections." });
    reading = nobody;
    await clock.advance(29_000);
    reading = { connected: undefined, message: "The stream refuses connections." };
    await clock.advance(5_000);
    expect(prober.seen("a", "1").stream?.ok).to.equal(false);
  });

  it("says when somebody comes and when they are gone, and nothing in between", async () => {
    prober.set("a", target("10.42.0.1", { activity: source }));
    await clock.advance(100_000);
    reading = somebody;
    await clock.advance(300_000);
    reading = nobody;
    await clock.advance(300_000);
    expect(changes).to.deep.equal(["a", "a", "a"]);
  });

  it("looks at the time of a decision, and says what it came to once", async () => {
    const decideAtMs = clock.date().getTime() + 40_000;
    prober.set("a", target("10.42.0.1", { activity: source, decideAtMs }));
    await clock.advance(39_000);
    expect(changes).to.have.length(1);
    await clock.advance(3_000);
    expect(changes).to.have.length(2);
    const { atMs = 0 } = prober.seen("a", "1").activity ?? {};
    expect(atMs).to.be.within(decideAtMs, decideAtMs + 1_000);
    await clock.advance(120_000);
    expect(changes).to.have.length(2);
  });

  it("says why a desktop does not tell who is connected, without asking it", async () => {
    prober.set("a", target("10.42.0.1", { activity: "It does not tell." }));
    await clock.advance(60_000);
    expect(prober.seen("a", "1").activity).to.deep.include({ connected: undefined, message: "It does not tell." });
    expect(times("activity")).to.deep.equal([]);
  });

  it("asks Traefik for the route until it is there, then seldom", async () => {
    prober.set("a", target("10.42.0.1", { route: { host: "a.example.com", traefikUrl: "https://traefik" } }));
    await clock.advance(310_000);
    expect(times("route")).to.deep.equal([0, 300_000]);
    expect(prober.seen("a", "1").route?.ok).to.equal(true);
  });

  it("knows nothing of a pod that took another's place, nor what a late look at the old one said", async () => {
    let answer = (_: typeof answers) => {};
    stream = (ip, signal) =>
      new Promise((resolve) => {
        if (ip === "10.42.0.1") answer = resolve;
        else signal.addEventListener("abort", () => resolve({ ok: false, message: "Stopped." }));
      });
    prober.set("a", target("10.42.0.1"));
    await clock.advance(0);
    prober.set("a", target("10.42.0.2", { uid: "2" }));
    answer(answers);
    await clock.advance(10);
    expect(changes).to.deep.equal([]);
    expect(prober.seen("a", "2").stream).to.equal(undefined);
    expect(prober.seen("a", "1").stream).to.equal(undefined);
  });

  it("forgets sessions that are gone", async () => {
    prober.set("a", target("10.42.0.1"));
    await clock.advance(10);
    prober.forget("a");
    await clock.advance(200_000);
    expect([prober.size, looks.length, clock.pending]).to.deep.equal([0, 1, 0]);
  });

  it("reads credentials when it needs them, again after ten minutes, and at once after a refusal", async () => {
    prober.set("a", target("10.42.0.1"));
    await clock.advance(9 * 60_000 + 59_000);
    expect(reads).to.have.length(1);
    await clock.advance(62_000);
    expect(reads).to.have.length(2);
    stream = () => Promise.resolve({ ok: false, message: "It refuses the password.", refused: true });
    await clock.advance(75_000);
    expect(reads.length).to.be.greaterThan(2);
  });

  it("goes on after a look that fails in a way nobody thought of", async () => {
    stream = () => Promise.reject(new Error("a fault"));
    prober.set("a", target("10.42.0.1"));
    await clock.advance(1_000);
    stream = () => Promise.resolve(answers);
    await clock.advance(70_000);
    expect([errors.length, changes]).to.deep.equal([1, ["a"]]);
  });

  it("looks at no more than 32 sessions at once", async () => {
    let inFlight = 0;
    let most = 0;
    stream = () => {
      most = Math.max(most, ++inFlight);
      return new Promise((resolve) =>
        clock.after(100, () => {
          inFlight--;
          resolve(answers);
        }),
      );
    };
    for (let index = 0; index < 100; index++) prober.set(`s${index}`, target(`10.42.0.${index}`));
    await clock.advance(10_000);
    expect([most, changes.length]).to.deep.equal([32, 100]);
  });

  it("serves 10,000 sessions with one timer and a hundred looks a second", async () => {
    for (let index = 0; index < 10_000; index++) prober.set(`s${index}`, target("10.42.0.1", { answeredBefore: true }));
    expect(clock.pending).to.equal(1);
    await clock.advance(14_999);
    looks.length = 0;
    await clock.advance(3_000);
    expect(looks.length).to.be.within(290, 330);
    expect(clock.pending).to.equal(1);
  });
});
