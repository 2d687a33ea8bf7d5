import { expect } from "chai";
import { commandOf, environmentOf, secretsOf } from "../../../../lab/desktop/node/environment.ts";
import type { Container, Pod } from "../../../../lab/desktop/node/pod-spec.ts";

const pod = { metadata: { name: "alice-x", namespace: "kasm-vdi", uid: "u" }, spec: { containers: [] } } as Pod;
const container: Container = {
  name: "desktop",
  image: "desktop:1",
  env: [
    { name: "SELKIES_MODE", value: "websockets" },
    { name: "SELKIES_ADDR" },
    { name: "PASSWD", valueFrom: { secretKeyRef: { name: "alice", key: "password" } } },
    { name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
  ],
};

describe("what a container is started with", () => {
  it("is the pod's own environment over the image's, with Secrets and fields filled in", () => {
    const secrets = new Map([["alice", { password: "s3cret" }]]);
    expect(secretsOf(container)).to.deep.equal(["alice"]);
    expect(environmentOf(pod, container, secrets, "10.42.254.2")).to.include({
      ...{ HOME: "/home/ubuntu", HOSTNAME: "alice-x", SELKIES_MODE: "websockets", SELKIES_ADDR: "" },
      ...{ PASSWD: "s3cret", POD_IP: "10.42.254.2" },
    });
  });

  it("cannot be made without its Secret, or the key in it: as the kubelet says", () => {
    const made = (secrets: ReadonlyMap<string, Record<string, string>>) => () =>
      environmentOf(pod, container, secrets, "10.42.254.2");
    expect(made(new Map())).to.throw('secret "alice" not found');
    expect(made(new Map([["alice", {}]]))).to.throw("couldn't find key password in Secret kasm-vdi/alice");
  });

  it("is the image's program unless the pod names one", () => {
    expect(commandOf(container)).to.deep.equal(["/usr/local/bin/desktop"]);
    expect(commandOf({ ...container, command: ["sh", "-c"], args: ["true"] })).to.deep.equal(["sh", "-c", "true"]);
  });
});
