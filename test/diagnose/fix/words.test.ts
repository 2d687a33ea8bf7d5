import { expect } from "chai";
import fc from "fast-check";
import { wordsOf } from "../../../diagnose/fix/words.ts";

describe("the words of a command", () => {
  it("are those that a shell would make", () => {
    expect(wordsOf(`kubectl label node k3s-1 "a=b c" 'd;e' ""`)).to.deep.equal([
      "kubectl",
      "label",
      "node",
      "k3s-1",
      "a=b c",
      "d;e",
      "",
    ]);
  });

  for (const command of [
    "a; b",
    "a | b",
    "a && b",
    "a $(b)",
    'a "$(b)"',
    "a `b`",
    "a > b",
    "a\nb",
    "a 'b",
    "a *",
    "a ~",
    "a {b,c}",
  ])
    it(`are none where it takes a shell: ${JSON.stringify(command)}`, () =>
      expect(wordsOf(command)).to.equal(undefined));

  it("give back any text in single quotes, so that no name of an object becomes a command", () => {
    const quoted = (text: string) => `'${text.replaceAll("'", `'"'"'`)}'`;
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(wordsOf(`kubectl get ${quoted(text)}`)).to.deep.equal(["kubectl", "get", text]);
      }),
    );
  });
});
