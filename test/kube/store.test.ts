import { expect } from "chai";
import fc from "fast-check";
import { Store, isNewer, keyOf, splitKey } from "../../kube/store.ts";
import type { AnyObject } from "../../kube/object.ts";

const object = (name: string, version = "1", node = "a", uid = `uid-${name}`): AnyObject => ({
  metadata: { name, namespace: "ns", resourceVersion: version, uid },
  spec: { node },
});
const byNode = (it: AnyObject) => [(it["spec"] as { node: string }).node];

describe("a store", () => {
  it("tells an update from an addition, and nothing from the same version", () => {
    const store = new Store();
    expect(store.put(object("x")).map(({ type }) => type)).to.deep.equal(["add"]);
    expect(store.put(object("x")).map(({ type }) => type)).to.deep.equal([]);
    expect(store.put(object("x", "2"))).to.deep.equal([
      { type: "update", object: object("x", "2"), before: object("x") },
    ]);
  });

  it("tells of another object with the same name as of an end and a beginning", () => {
    const store = new Store();
    store.put(object("x", "1", "a", "old"));
    const changes = store.put(object("x", "2", "a", "new"));
    expect(changes.map(({ type, object: it }) => [type, it.metadata?.uid])).to.deep.equal([
      ["delete", "old"],
      ["add", "new"],
    ]);
  });

  it("tells what a whole list lacks as deleted, in its last known state", () => {
    const store = new Store();
    store.put(object("x"));
    store.put(object("y"));
    expect(store.replace([object("y"), object("z")])).to.deep.equal([
      { type: "delete", object: object("x"), isLastKnown: true },
      { type: "add", object: object("z") },
    ]);
  });

  it("names the indexes that there are when asked for another", () => {
    expect(() => new Store({ node: byNode }).by("user", "a")).to.throw('no index "user", only: node');
  });

  it("takes an older version from a whole list, as after a restored etcd, and from nothing else", () => {
    const store = new Store();
    store.put(object("a", "9", "n"));
    expect(store.put(object("a", "8", "n"))).to.deep.equal([]);
    store.replace([object("a", "8", "n")]);
    expect(store.get("ns/a")?.metadata?.resourceVersion).to.equal("8");
  });

  it("has indexes that always agree with its objects", () => {
    const name = fc.constantFrom("a", "b", "c", "d");
    const change = fc.record({ do: fc.constantFrom("put", "remove", "replace"), name, node: name, version: fc.nat(3) });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
        const store = new Store({ node: byNode });
        for (const { do: act, name: of, node, version } of changes) {
          const it = object(of, String(version), node);
          if (act === "replace") store.replace([it]);
          else store[act](it);
        }
        for (const node of ["a", "b", "c", "d"]) {
          const expected = [...store.values()].filter((it) => byNode(it)[0] === node);
          expect(store.by("node", node)).to.have.members(expected);
        }
      }),
    );
  });
});

describe("which of two versions is newer", () => {
  for (const [version, than, expected] of [
    ["10", "9", true],
    ["9", "10", false],
    ["9", "9", false],
    ["1", undefined, true],
    ["b", "a", true],
    ["a", "a", false],
  ] as const)
    it(`${version} is ${expected ? "" : "not "}newer than ${String(than)}`, () => {
      expect(isNewer(version, than)).to.equal(expected);
    });
});

describe("a key", () => {
  for (const [metadata, key] of [
    [{ namespace: "ns", name: "x" }, "ns/x"],
    [{ name: "x" }, "x"],
  ] as const)
    it(`${key} leads back to what it was made of`, () => {
      expect(keyOf({ metadata })).to.equal(key);
      expect(splitKey(key)).to.deep.equal(metadata);
    });
});
