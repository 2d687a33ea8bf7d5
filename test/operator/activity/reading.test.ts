import { expect } from "chai";
import { gaugeAboveZero, kasmConnections, movingMetrics, shortestGapMs } from "../../../operator/activity/reading.ts";

describe("a gauge of clients", () => {
  const read = (body: string) => gaugeAboveZero("clients")(body, undefined, 0);

  it("says that somebody is there while any of its series is above 0", () => {
    expect(read('clients{kind="a"} 0\nclients{kind="b"} 2\n').connected).to.equal(true);
    expect(read("clients 0\n").connected).to.equal(false);
  });

  it("does not tell when it is not there, has no value, or something else is served", () => {
    const readings = ["other 1\n", "clients NaN\n", "<html></html>"].map(read);
    expect(readings.map((it) => it.connected)).to.deep.equal([undefined, undefined, undefined]);
    expect(readings.map((it) => it.message)).to.deep.equal([
      "The desktop's metrics have no clients.",
      "The desktop's metrics have no clients.",
      "What the desktop serves as metrics is not in Prometheus' text format.",
    ]);
  });
});

describe("what clients report", () => {
  const read = (
    count: number,
    latency: number,
    before: [atMs: number, ...values: number[]] | undefined,
    atMs: number,
  ) =>
    movingMetrics("fps_hist_count", "latency")(
      `fps 60\nfps_hist_count ${count}\nlatency ${latency}\n`,
      before && { atMs: before[0], values: before.slice(1) },
      atMs,
    );

  it("tells nothing alone: the last frame rate stays there after the client has gone", () => {
    expect(read(7, 3, undefined, 1_000)).to.deep.include({
      connected: undefined,
      isFirst: true,
      sample: { atMs: 1_000, values: [7, 3] },
    });
  });

  it("says that somebody is there when any of it moved, and nobody when all stood still for long enough", () => {
    expect(read(8, 3, [1_000, 7, 3], 2_000)).to.deep.include({
      connected: true,
      sample: { atMs: 2_000, values: [8, 3] },
    });
    expect(read(7, 4, [1_000, 7, 3], 2_000).connected).to.equal(true);
    const atMs = 1_000 + shortestGapMs;
    expect(read(7, 3, [1_000, 7, 3], atMs)).to.deep.include({ connected: false, sample: { atMs, values: [7, 3] } });
  });

  it("waits when it is read again too soon, from the same beginning", () => {
    expect(read(7, 3, [1_000, 7, 3], shortestGapMs)).to.deep.include({
      connected: undefined,
      isFirst: true,
      sample: { atMs: 1_000, values: [7, 3] },
    });
  });

  it("begins anew when the stream server did", () => {
    expect(read(2, 3, [1_000, 7, 3], 60_000)).to.deep.include({
      connected: undefined,
      isFirst: true,
      sample: { atMs: 60_000, values: [2, 3] },
    });
  });
});

describe("KasmVNC's statistics", () => {
  it("say that somebody is there while a connection is listed, numbers or not", () => {
    const body = '{\n\t"kasm_user": {\n\t\t"10.42.0.1_1627311208.79::websocket": [ -nan, 10.0, nan, -inf ]\n\t}\n}\n';
    expect(kasmConnections(body).connected).to.equal(true);
  });

  it("say that nobody is there while none is", () => {
    expect(kasmConnections("{\n}\n").connected).to.equal(false);
  });

  it("do not tell when they are cut off, empty or something else", () => {
    for (const body of ["", '{\n\t"kasm_user": {\n\t\t"10.4', "[]", "null", '{"kasm_user": 3}', "<html></html>"])
      expect(kasmConnections(body).connected, body).to.equal(undefined);
  });
});
