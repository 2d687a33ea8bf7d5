import { expect } from "chai";
import { holdsSecret, plain, secret, withUnderscores } from "../../recover/property-values.ts";

describe("values in a state", () => {
  it("go to the API server with secrets in plain text and dashes where Kubernetes has them", () => {
    const inputs = {
      stringData: secret({ password: "swordfish" }),
      schema: [{ x_kubernetes_preserve_unknown_fields: true, plain_name: 1 }],
    };
    expect(plain(JSON.parse(JSON.stringify(inputs)))).to.deep.equal({
      stringData: { password: "swordfish" },
      schema: [{ "x-kubernetes-preserve-unknown-fields": true, plain_name: 1 }],
    });
  });

  it("come from the API server with underscores where the plugin has them", () => {
    const object = { schema: [{ "x-kubernetes-list-map-keys": ["a-b"], "plain-name": 1 }] };
    expect(withUnderscores(object)).to.deep.equal({
      schema: [{ x_kubernetes_list_map_keys: ["a-b"], "plain-name": 1 }],
    });
  });

  it("hold a secret at any depth, or none", () => {
    expect(holdsSecret({ a: [{ b: secret(1) }] })).to.equal(true);
    expect(holdsSecret({ a: [{ b: "secret" }], c: null })).to.equal(false);
  });
});
