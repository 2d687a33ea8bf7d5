import { expect } from "chai";

import { adoptName, autoname, isAutonamed, labelManagedBy } from "../../../../lab/plugins/kubernetes/names.ts";
import { isHelmRelease, isPatch, objectId, parseId, parseToken } from "../../../../lab/plugins/kubernetes/token.ts";
import type { PropertyMap } from "../../../../lab/plugins/rpc/property.ts";
import { Unknown } from "../../../../lab/plugins/rpc/property.ts";

const seed = new Uint8Array([1, 2, 3]);

describe("names of objects", () => {
  it("are made from the resource's name and eight hex digits, and marked, where the program gives none", () => {
    const named = autoname({ kind: "ConfigMap" }, "config", seed) as { metadata: { name: string } };
    expect(named.metadata.name).to.match(/^config-[0-9a-f]{8}$/);
    expect(named).to.have.nested.property("metadata.annotations.pulumi\\.com/autonamed", "true");
  });

  it("are the same for the same seed, so that preview and update agree", () => {
    expect(autoname({}, "config", seed)).to.deep.equal(autoname({}, "config", seed));
    expect(autoname({}, "config", new Uint8Array())).not.to.deep.equal(autoname({}, "config", new Uint8Array()));
  });

  it("stay as the program gives them, also when not known yet", () => {
    for (const metadata of [{ name: "mine" }, { name: new Unknown() }, { generateName: "mine-" }] as PropertyMap[]) {
      expect(autoname({ metadata }, "config", seed)).to.deep.equal({ metadata });
    }
  });

  it("are kept from run to run when they were made", () => {
    const old = autoname({}, "config", seed);
    const next = adoptName({ data: { a: "1" } }, old);
    expect(next).to.have.nested.property("metadata.name", (old["metadata"] as { name: string }).name);
    expect(isAutonamed(next)).to.equal(true);
  });

  it("of the program replace made ones", () => {
    const next = adoptName({ metadata: { name: "mine" } }, autoname({}, "config", seed));
    expect(next).to.deep.equal({ metadata: { name: "mine" } });
  });
});

describe("the managed-by label", () => {
  const labelled = { metadata: { labels: { "app.kubernetes.io/managed-by": "pulumi" } } };

  it("is for new objects without server-side apply, and stays where it is", () => {
    expect(labelManagedBy({}, undefined, true)).to.deep.equal({});
    expect(labelManagedBy({}, undefined, false)).to.deep.equal(labelled);
    expect(labelManagedBy({}, labelled, true)).to.deep.equal(labelled);
    expect(labelManagedBy({}, { metadata: {} }, false)).to.deep.equal({});
  });
});

describe("type tokens and ids", () => {
  it("give group, version and kind; core has no group", () => {
    expect(parseToken("kubernetes:core/v1:Namespace")).to.deep.equal({ apiVersion: "v1", kind: "Namespace" });
    expect(parseToken("kubernetes:vdi.kasm.io/v1alpha1:VDISession")).to.deep.equal({
      apiVersion: "vdi.kasm.io/v1alpha1",
      kind: "VDISession",
    });
  });

  for (const token of ["aws:s3/bucket:Bucket", "kubernetes:v1:Pod", "kubernetes:core/v1:", "kubernetes:a/b/c:D"]) {
    it(`refuse ${token}`, () => expect(() => parseToken(token)).to.throw("no Kubernetes resource type"));
  }

  it("tell patches from kinds that are called so", () => {
    expect(isPatch("kubernetes:core/v1:ConfigMapPatch", "ConfigMap")).to.equal(true);
    expect(isPatch("kubernetes:pk.io/v1:OsPatch", "OsPatch")).to.equal(false);
    expect(isHelmRelease("kubernetes:helm.sh/v3:Release")).to.equal(true);
  });

  it("write ids as namespace/name, or the name alone", () => {
    expect([objectId("a", "n"), objectId("a", ""), objectId("a", undefined)]).to.deep.equal(["n/a", "a", "a"]);
    expect(parseId("n/a")).to.deep.equal({ name: "a", namespace: "n" });
    expect(parseId("a")).to.deep.equal({ name: "a", namespace: undefined });
  });
});
