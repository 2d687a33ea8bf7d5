import { expect } from "chai";
import fc from "fast-check";
import { apiTime, durationMs } from "../../../operator/api/time.ts";

describe("spans of time", () => {
  it("are read as the API takes them", () => {
    const read = ["30m", "8h", "1h30m", "90s", "1h1h"].map(durationMs);
    expect(read).to.deep.equal([1_800_000, 28_800_000, 5_400_000, 90_000, 7_200_000]);
  });

  it("add up, whatever the parts", () => {
    const part = fc.tuple(fc.nat(9999), fc.constantFrom("h", "m", "s")).map(([count, unit]) => `${count}${unit}`);
    fc.assert(
      fc.property(part, part, (one, other) => {
        expect(durationMs(one + other)).to.equal(durationMs(one) + durationMs(other));
      }),
    );
  });

  it("are refused in any other form, with what is allowed", () => {
    for (const text of ["", "8", "h", "1.5h", "-1h", "1d", "1h ", "500ms"])
      expect(() => durationMs(text)).to.throw(RangeError, "write for example 30m, 8h or 1h30m");
  });
});

describe("times", () => {
  it("are written in whole seconds, as the API server does", () => {
    expect(apiTime(new Date("2026-01-01T08:00:00.999Z"))).to.equal("2026-01-01T08:00:00Z");
  });
});
