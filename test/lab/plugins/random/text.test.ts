import { expect } from "chai";
import fc from "fast-check";

import { settingsOf } from "../../../../lab/plugins/random/kind.ts";
import { randomPassword, randomString, randomText } from "../../../../lab/plugins/random/text.ts";

const count = (text: string, alphabet: RegExp) =>
  Array.from(text).filter((character) => alphabet.test(character)).length;

describe("random text", () => {
  const minimum = fc.nat({ max: 4 });
  const settings = fc.record({
    extra: fc.nat({ max: 12 }),
    upper: fc.boolean(),
    lower: fc.boolean(),
    numeric: fc.boolean(),
    minUpper: minimum,
    minLower: minimum,
    minNumeric: minimum,
    minSpecial: minimum,
  });

  it("has the asked length and at least each minimum, and nothing from a class that is off and has none", () => {
    fc.assert(
      fc.property(settings, ({ extra, ...given }) => {
        const length = given.minUpper + given.minLower + given.minNumeric + given.minSpecial + extra + 1;
        const text = randomText({ ...given, length, special: true });
        expect(text).to.have.length(length);
        expect(count(text, /[A-Z]/)).to.be.at.least(given.minUpper);
        expect(count(text, /[a-z]/)).to.be.at.least(given.minLower);
        expect(count(text, /[0-9]/)).to.be.at.least(given.minNumeric);
        expect(count(text, /[^A-Za-z0-9]/)).to.be.at.least(given.minSpecial);
        if (!given.upper && given.minUpper === 0) expect(count(text, /[A-Z]/)).to.equal(0);
        if (!given.lower && given.minLower === 0) expect(count(text, /[a-z]/)).to.equal(0);
      }),
    );
  });

  it("takes special characters from overrideSpecial, also those beyond ASCII", () => {
    const text = randomText({
      length: 40,
      special: true,
      upper: false,
      lower: false,
      numeric: false,
      overrideSpecial: "é😀",
    });
    expect(Array.from(text)).to.have.length(40);
    expect(new Set(text)).to.deep.equal(new Set("é😀"));
  });

  it("does not leave the minimums at the front", () => {
    const starts = Array.from({ length: 200 }, () =>
      randomText({ length: 12, minUpper: 1, lower: true, upper: false }),
    );
    expect(starts.some((text) => !/^[A-Z]/.test(text))).to.equal(true);
  });

  it("never repeats itself at a password's length", () => {
    const texts = Array.from({ length: 500 }, () =>
      randomText({ length: 20, upper: true, lower: true, special: true }),
    );
    expect(new Set(texts).size).to.equal(500);
  });
});

describe("RandomPassword and RandomString inputs", () => {
  const failures = (given: object) => randomString.validate(settingsOf(randomString, { ...given }));

  it("need a whole length of at least one", () => {
    for (const length of [0, -1, 1.5, "16"]) expect(failures({ length })[0]?.property).to.equal("length");
    expect(failures({ length: 1 })).to.deep.equal([]);
  });

  it("need a length that covers the minimums", () => {
    expect(failures({ length: 3, minLower: 2, minUpper: 2 })).to.deep.equal([
      { property: "length", reason: "is 3, but the minimums add up to 4" },
    ]);
  });

  it("need one class that is on, by either name of the digits", () => {
    const off = { length: 4, special: false, upper: false, lower: false };
    expect(failures({ ...off, numeric: false })[0]?.property).to.equal("special");
    expect(failures({ ...off, number: false })[0]?.property).to.equal("special");
    expect(failures(off)).to.deep.equal([]);
  });

  it("may not contradict themselves about digits", () => {
    expect(failures({ length: 4, number: true, numeric: false })[0]?.property).to.equal("number");
  });
});

describe("RandomPassword", () => {
  it("comes with a bcrypt hash of the result", async () => {
    const { result, bcryptHash } = await randomPassword.generate({ length: 20, lower: true });
    const { compare } = await import("bcryptjs");
    expect(await compare(result as string, bcryptHash as string)).to.equal(true);
  });
});
