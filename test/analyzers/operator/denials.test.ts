import { expect } from "chai";
import { denialsIn } from "../../../analyzers/operator/denials.ts";

const words =
  'pods "a" is forbidden: User "system:serviceaccount:kasm-vdi-system:kasm-operator" cannot create resource "pods" in API group "" in the namespace "kasm-vdi"';

describe("denials of the API server in a text", () => {
  it("are read with verb, resource, group and namespace", () => {
    const [one] = denialsIn(words);
    const { text, ...rest } = one!;
    expect(text.startsWith('User "system')).to.equal(true);
    expect(rest).to.deep.equal({
      user: "system:serviceaccount:kasm-vdi-system:kasm-operator",
      verb: "create",
      resource: "pods",
      group: "",
      namespace: "kasm-vdi",
    });
  });

  it("are read from lines of JSON, each once", () => {
    const line = JSON.stringify({ level: "warn", msg: words });
    expect(denialsIn([line, line].join("\n"))).to.have.length(1);
  });

  it("have no namespace at the cluster scope", () => {
    const [one] = denialsIn('User "u" cannot list resource "nodes" in API group "" at the cluster scope');
    expect(one?.namespace).to.equal(undefined);
  });

  it("are found in linear time", () => {
    const begun = performance.now();
    denialsIn('User "'.repeat(200_000));
    expect(performance.now() - begun).to.be.below(500);
  });
});
