import { expect } from "chai";
import { openApi } from "../../../portal/api/openapi.ts";
import { findOperation, operations } from "../../../portal/api/routes.ts";

describe("the OpenAPI document of the portal", () => {
  const document = openApi("https://my.desktops.example.com") as {
    paths: Record<string, Record<string, { operationId: string }>>;
    components: { schemas: Record<string, object> };
  };

  it("has every operation that the server answers, and no other", () => {
    const described = Object.values(document.paths).flatMap((path) => Object.values(path).map((it) => it.operationId));
    expect(described).to.have.members(Object.keys(operations));
  });

  it("refers only to what is in it", () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, it]) => it!);
    expect(references.length).to.be.greaterThan(10);
    const known = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
    expect(known).to.include.members([...new Set(references)]);
  });
});

describe("operations of the portal's API", () => {
  it("are found by method and path, with the session's name", () => {
    expect(findOperation("POST", "/sessions/a.b-c/extend")).to.deep.equal({ name: "extend", session: "a.b-c" });
    expect(findOperation("GET", "/sessions")).to.deep.equal({ name: "sessions", session: "" });
    expect(findOperation("PUT", "/sessions")).to.deep.equal({ allowed: ["GET", "POST"] });
  });

  it("take no name that no object has", () => {
    for (const path of [
      "/sessions/",
      "/sessions/A",
      "/sessions/a%2Fb",
      "/sessions/a/b",
      "/sessions/../me",
      "/sessions/-a",
    ])
      expect(findOperation("GET", path), path).to.deep.equal({ allowed: [] });
  });
});
