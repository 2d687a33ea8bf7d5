import fc from "fast-check";

const surrogates = { first: 0xd800, count: 0x800 };
const last = 0x10ffff - surrogates.count;

/** Any character that UTF-8 can carry. The unit `binary` of fast-check says the same, and takes a second to begin. */
const character = fc.nat(last).map(
  (at) => String.fromCodePoint(at < surrogates.first ? at : at + surrogates.count),
  (text) => {
    const code = typeof text === "string" ? text.codePointAt(0) : undefined;
    if (code === undefined || String.fromCodePoint(code) !== text) throw new Error("not one character");
    return code < surrogates.first ? code : code - surrogates.count;
  },
);

/** Whatever somebody may send or be called, `__proto__` and the like included. */
export function anyText(lengths: { minLength?: number; maxLength?: number } = {}): fc.Arbitrary<string> {
  return fc.string({ unit: character, ...lengths });
}
