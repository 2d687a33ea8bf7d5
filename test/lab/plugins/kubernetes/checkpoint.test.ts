import { expect } from "chai";

import {
  markSecrets,
  readCheckpoint,
  redact,
  secretTexts,
  writeCheckpoint,
} from "../../../../lab/plugins/kubernetes/checkpoint.ts";
import { containsSecret, isSecret, reveal, secret } from "../../../../lab/plugins/rpc/property.ts";

const metadata = { name: "a", namespace: "n" };

describe("an object in state", () => {
  const inputs = { apiVersion: "v1", kind: "ConfigMap", metadata, data: { a: "1" } };
  const live = { ...inputs, metadata: { ...metadata, uid: "u", managedFields: [{ manager: "pulumi-kubernetes" }] } };
  const checkpoint = { inputs, live, initialApiVersion: "v1", fieldManager: "pulumi-kubernetes-01234567" };

  it("is the live object, with the inputs and the field manager beside it, as the official provider 4.32 writes it", () => {
    expect(writeCheckpoint(checkpoint, inputs)).to.deep.equal({
      ...live,
      __inputs: inputs,
      __initialApiVersion: "v1",
      __fieldManager: "pulumi-kubernetes-01234567",
    });
  });

  it("is read back as it was written", () => {
    expect(readCheckpoint(writeCheckpoint(checkpoint, inputs))).to.deep.equal(checkpoint);
  });

  it("has x-kubernetes keys with underscores, as the SDKs read them, and with dashes towards the server", () => {
    const crd = { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" };
    const schema = { properties: { spec: { "x-kubernetes-preserve-unknown-fields": true } } };
    const written = writeCheckpoint(
      { ...checkpoint, live: { ...crd, spec: schema }, inputs: { ...crd, spec: schema } },
      {},
    );
    expect(written).to.have.nested.property("spec.properties.spec.x_kubernetes_preserve_unknown_fields", true);
    expect(readCheckpoint(written).inputs).to.deep.equal({ ...crd, spec: schema });
  });

  it("of an older provider, without the extra properties, is read with empty ones", () => {
    const { inputs: none, fieldManager } = readCheckpoint(live);
    expect({ none, fieldManager }).to.deep.equal({ none: {}, fieldManager: "" });
  });
});

describe("secrets in state", () => {
  it("are marked where the program marked them, not around them", () => {
    const marked = markSecrets({ spec: { a: "1", b: "2" } }, { spec: { b: secret("2") } });
    expect(isSecret((marked.spec as never)["b"])).to.equal(true);
    expect((marked.spec as never)["a"]).to.equal("1");
  });

  it("make a whole list secret: its order may differ from the program's", () => {
    const marked = markSecrets({ env: [{ a: "1" }, { b: "2" }] }, { env: [{ b: secret("2") }] });
    expect(isSecret(marked.env)).to.equal(true);
  });

  it("are all data of a Secret, whoever made it, and kubectl's copy of it", () => {
    const annotations = { "kubectl.kubernetes.io/last-applied-configuration": '{"data":{}}', other: "x" };
    const marked = markSecrets(
      { apiVersion: "v1", kind: "Secret", metadata: { name: "s", annotations }, data: { a: "YQ==" } },
      {},
    );
    expect(isSecret(marked.data)).to.equal(true);
    expect(containsSecret((marked.metadata as never)["annotations"])).to.equal(true);
    expect((marked.metadata as never)["name"]).to.equal("s");
    expect(reveal(marked)).to.have.nested.property("metadata.annotations.other", "x");
  });

  it("are not every field called kind: a Widget that names a Secret stays readable", () => {
    const widget = { kind: "Widget", ref: { kind: "Other", data: "x" } };
    expect(containsSecret(markSecrets(widget, {}))).to.equal(false);
  });
});

describe("messages", () => {
  it("show no secret, encoded or plain", () => {
    const properties = {
      apiVersion: "v1",
      kind: "Secret",
      data: secret({ password: Buffer.from("hunter2").toString("base64") }),
    };
    const message = "cannot use hunter2 (aHVudGVyMg==) for user admin";
    expect(redact(message, secretTexts(properties))).to.equal("cannot use [secret] ([secret]) for user admin");
  });

  it("lose the longer of two secrets first, so that no rest of it stays", () => {
    const texts = secretTexts({ a: secret("token"), b: secret("token-and-more") });
    expect(redact("got token-and-more", texts)).to.equal("got [secret]");
  });

  it("keep words when a secret is only a letter or two", () => {
    expect(redact("a bad day", secretTexts({ a: secret("a") }))).to.equal("a bad day");
  });
});
