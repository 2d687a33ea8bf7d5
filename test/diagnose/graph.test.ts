import { expect } from "chai";
import type { Finding, ObjectRef } from "../../analyzers/finding.ts";
import { chains } from "../../diagnose/graph/graph.ts";
import type { Chain } from "../../diagnose/graph/graph.ts";

const ref = (name: string): ObjectRef => ({ kind: "Pod", namespace: "kasm", name });

function finding(name: string, ...causes: string[]): Finding {
  const dependsOn = causes.map((it) => ({ object: ref(it), because: `${name} waits for ${it}` }));
  return { code: "ImageNotFound", object: ref(name), problem: name, evidence: [], fix: [], dependsOn };
}

/** `proxy(api(db))`: what follows stands in brackets. */
function shape({ finding: { object }, symptoms }: Chain): string {
  return symptoms.length === 0 ? object.name : `${object.name}(${symptoms.map(shape).sort().join(",")})`;
}

const shapes = (...findings: Finding[]) => chains(findings).map(shape).sort();

describe("the cause graph", () => {
  it("shows one root with all that follows from it below", () => {
    const proxy = finding("proxy", "api");
    expect(shapes(proxy, finding("manager", "api"), finding("api", "db"), finding("db"))).to.deep.equal([
      "db(api(manager,proxy))",
    ]);
  });

  it("keeps independent roots apart", () => {
    expect(shapes(finding("a"), finding("b"), finding("c", "b"))).to.deep.equal(["a", "b(c)"]);
  });

  it("takes what depends on something that is well for a root", () => {
    expect(shapes(finding("api", "db"))).to.deep.equal(["api"]);
  });

  it("shows each finding once, also below several causes", () => {
    expect(shapes(finding("a"), finding("b"), finding("c", "b", "a"))).to.deep.equal(["a", "b(c)"]);
  });

  it("opens a circle, such as gateways that wait for the proxy that waits for them", () => {
    const [only = "", ...others] = shapes(finding("proxy", "guac"), finding("guac", "proxy"), finding("rdp", "proxy"));
    expect(others).to.deep.equal([]);
    expect(only).to.equal("proxy(guac,rdp)");
  });

  it("takes the word of a cause for what follows from it, also at the same object", () => {
    const because = "its password is not taken";
    const explains = ["job", "secret"].map((name) => ({ object: ref(name), because }));
    const cause: Finding = { ...finding("secret"), explains };
    expect(shapes(finding("job"), finding("secret"), cause, finding("api", "job"))).to.deep.equal([
      "secret(job(api),secret)",
    ]);
  });

  it("follows what a cause explains also through an object that has no finding of its own", () => {
    const explains = [{ object: ref("deployment"), because: "a quota refuses its pods" }];
    expect(shapes(finding("service", "deployment"), { ...finding("quota"), explains })).to.deep.equal([
      "quota(service)",
    ]);
  });

  it("says why one follows from the other", () => {
    const [root] = chains([finding("api", "db"), finding("db")]);
    expect(root?.symptoms[0]?.because).to.equal("api waits for db");
  });
});
