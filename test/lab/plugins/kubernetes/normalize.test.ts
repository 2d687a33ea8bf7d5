import { expect } from "chai";

import { normalizeInputs } from "../../../../lab/plugins/kubernetes/normalize.ts";
import { Unknown } from "../../../../lab/plugins/rpc/property.ts";

describe("inputs in the server's form", () => {
  const pod = (spec: object) => ({ apiVersion: "v1", kind: "Pod", metadata: { name: "p" }, spec }) as never;

  it("writes quantities the server's way wherever a pod or claim has them", () => {
    const limits = (cpu: string | number, memory: string) =>
      pod({ containers: [{ resources: { limits: { cpu, memory } } }] });
    expect(normalizeInputs(limits(0.5, "1024Mi"))).to.deep.equal(limits("500m", "1Gi"));
    expect(normalizeInputs(pod({ volumes: [{ emptyDir: { sizeLimit: "2048Mi" } }] }))).to.deep.equal(
      pod({ volumes: [{ emptyDir: { sizeLimit: "2Gi" } }] }),
    );
  });

  it("drops what the server leaves out: false flags, zero delays, empty lists, nulls", () => {
    const given = pod({ hostNetwork: false, containers: [{ stdin: false, args: [], tty: null, name: "c" }] });
    expect(normalizeInputs(given)).to.deep.equal(pod({ containers: [{ name: "c" }] }));
  });

  it("keeps false, zero and empty where they are settings", () => {
    const given = pod({
      automountServiceAccountToken: false,
      securityContext: { runAsUser: 0 },
      containers: [{ securityContext: { allowPrivilegeEscalation: false } }],
      volumes: [{ emptyDir: {} }],
    });
    expect(normalizeInputs(given)).to.deep.equal(given);
  });

  it("moves stringData of a Secret into data, where it wins", () => {
    const secret = { apiVersion: "v1", kind: "Secret", data: { a: "b2xk", b: "a2VlcA==" }, stringData: { a: "new" } };
    expect(normalizeInputs(secret)).to.deep.equal({
      apiVersion: "v1",
      kind: "Secret",
      data: { a: "bmV3", b: "a2VlcA==" },
    });
  });

  it("joins base64 data that was wrapped into lines", () => {
    const secret = { apiVersion: "v1", kind: "Secret", data: { a: "aGVs\nbG8=\n" } };
    expect(normalizeInputs(secret)).to.have.nested.property("data.a", "aGVsbG8=");
  });

  it("leaves free-form text alone: a ConfigMap's data named limits is no quantity", () => {
    const config = { apiVersion: "v1", kind: "ConfigMap", data: { limits: "1000m", empty: "" } };
    expect(normalizeInputs(config)).to.deep.equal(config);
  });

  it("leaves custom resources as they are, but for metadata that only servers write", () => {
    const spec = { limits: { cpu: "0.5" }, list: [], hostNetwork: false };
    const given = {
      apiVersion: "pk.io/v1",
      kind: "W",
      metadata: { name: "w", uid: "1", creationTimestamp: null },
      spec,
    };
    expect(normalizeInputs(given)).to.deep.equal({ apiVersion: "pk.io/v1", kind: "W", metadata: { name: "w" }, spec });
  });

  it("leaves inputs with unknowns as they are: their form is not known either", () => {
    const given = pod({ hostNetwork: false, nodeName: new Unknown() });
    expect(normalizeInputs(given)).to.deep.equal(given);
  });

  it("drops a definition's false preserveUnknownFields and its status", () => {
    const crd = { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" };
    const given = { ...crd, spec: { group: "g", preserveUnknownFields: false }, status: {} };
    expect(normalizeInputs(given)).to.deep.equal({ ...crd, spec: { group: "g" } });
  });
});
