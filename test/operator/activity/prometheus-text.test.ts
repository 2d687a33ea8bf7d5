import { expect } from "chai";
import fc from "fast-check";
import { metricValues } from "../../../operator/activity/prometheus-text.ts";

const selkies = `# HELP fps Frames per second observed by client
# TYPE fps gauge
fps 0.0
# TYPE fps_hist histogram
fps_hist_bucket{le="0.0"} 1.0
fps_hist_bucket{le="+Inf"} 4.0
fps_hist_count 4.0
fps_hist_sum 180.0
# HELP webrtc_statistics_info WebRTC Statistics from the client
webrtc_statistics_info{codec.sdpFmtpLine="a=1;b=\\"}\\"",kind="video"} 1.0
process_start_time_seconds 1.76e+09
`;

describe("Prometheus' text format", () => {
  it("gives the values of one metric, whatever its labels hold", () => {
    expect(metricValues(selkies, "fps_hist_count")).to.deep.equal([4]);
    expect(metricValues(selkies, "fps_hist_bucket")).to.deep.equal([1, 4]);
    expect(metricValues(selkies, "fps")).to.deep.equal([0]);
    expect(metricValues(selkies, "clients")).to.deep.equal([]);
  });

  it("knows time stamps and the values that are no finite numbers", () => {
    const text = 'a{x="1",} +Inf 1700000000000\na -Inf\na NaN\na .5\na 1e3\n# EOF\n';
    expect(metricValues(text, "a")).to.deep.equal([Infinity, -Infinity, NaN, 0.5, 1000]);
  });

  it("is nothing else: a sign-in page, JSON or a line without a value is an error, not an absent metric", () => {
    for (const text of [
      "<html>Sign in</html>",
      '{"clients": 0}',
      "clients",
      "clients zero",
      'clients{x="1} 1',
      "a 1 b 2",
    ])
      expect(() => metricValues(text, "clients"), text).to.throw(SyntaxError);
  });

  it("is read back as it was written, for any label and value", () => {
    const escaped = (text: string) => text.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n");
    fc.assert(
      fc.property(fc.string(), fc.double({ noDefaultInfinity: true, noNaN: true }), (label, value) => {
        fc.pre(!/[\r\u2028\u2029]/.test(label));
        expect(metricValues(`m{l="${escaped(label)}"} ${value}\n`, "m")).to.deep.equal([Number(String(value))]);
      }),
    );
  });
});
