import { expect } from "chai";
import { copyOf } from "../../bench/session-copies.ts";
import { desktop } from "../../bench/plain-script.ts";
import type { AnyObject } from "../../kube/object.ts";
import type { VDISession, VDITemplate } from "../../operator/api/objects.ts";
import { fingerprint } from "../../operator/resources/fingerprint.ts";
import { desktopName } from "../../operator/resources/names.ts";

const session = {
  apiVersion: "vdi.kasm.io/v1alpha1",
  kind: "VDISession",
  metadata: { name: "the-real-session", namespace: "ns", uid: "11111111-2222-4333-8444-555555555555" },
  spec: {
    ...{ user: "the-real-user@example.com", template: "t", desiredState: "Running", timeout: "8h" },
    persistence: { enabled: true, size: "1Gi", reclaim: "Retain" },
  },
} as VDISession;
const template = {
  metadata: { name: "t" },
  spec: {
    ...{
      image: "a/b:1",
      runtime: { type: "kasmvnc" },
      resources: {},
      shmSize: "1Gi",
      progressDeadline: "10m",
      gpuResourceName: "nvidia.com/gpu",
    },
    ...{ access: "ForwardAuth", networkMode: "Internet", securityProfile: "restricted", stream: "WebSocket" },
    desktopPolicy: { clipboard: "Both", files: "Both", microphone: false },
  },
} as unknown as VDITemplate;

describe("copies of a session's objects", () => {
  it("are what the operator would make for the other session: the same fingerprints, every name followed", () => {
    const { before, pod } = desktop(session, template);
    const objects = [session as unknown as AnyObject, ...before, pod];
    const copies = copyOf(session, objects, 7).map(([key, text]) => ({ key, object: JSON.parse(text) as AnyObject }));
    const other = copies[0]!.object as unknown as VDISession;
    expect(other.metadata.name).to.equal("copy-000007");
    const wanted = desktop(other, template);
    for (const kind of ["Service", "IngressRoute", "NetworkPolicy"]) {
      const made = wanted.before.find((it) => it.kind === kind)!;
      const copy = copies.find(({ object }) => object.kind === kind)!;
      expect(fingerprint(copy.object), kind).to.equal(fingerprint(made));
      expect(copy.key.endsWith(`/ns/${desktopName(other)}`), copy.key).to.equal(true);
    }
    expect(JSON.stringify(copies)).not.to.contain("the-real");
  });
});
