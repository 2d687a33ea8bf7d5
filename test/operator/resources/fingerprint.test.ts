import { expect } from "chai";
import type { AnyObject } from "../../../kube/object.ts";
import { fingerprint, toChild, withoutAdditions } from "../../../operator/resources/fingerprint.ts";
import { desktopNetworkPolicy } from "../../../operator/resources/network-policy.ts";
import { desktopRoute } from "../../../operator/resources/route.ts";
import { desktopService } from "../../../operator/resources/service.ts";
import { session, template } from "../status/views.ts";
import { settings } from "../session/settings.ts";

const children: Record<string, AnyObject> = {
  Service: desktopService(session()),
  IngressRoute: desktopRoute(session(), template(), settings),
  NetworkPolicy: desktopNetworkPolicy(session(), template(), settings),
};

/** What the API server and others add. */
function stored(object: AnyObject): AnyObject {
  const copy = structuredClone(object);
  return {
    ...copy,
    metadata: {
      ...copy.metadata,
      uid: "u",
      resourceVersion: "7",
      labels: { ...copy.metadata?.labels, "site.example.com/team": "blue" },
      annotations: { ...copy.metadata?.annotations, "site.example.com/note": "x" },
    },
    ...(copy.kind === "Service" && {
      spec: { ...(copy["spec"] as object), clusterIP: "10.43.0.7", ipFamilies: ["IPv4"] },
    }),
  };
}

for (const [kind, wanted] of Object.entries(children))
  describe(`the fingerprint of a ${kind}`, () => {
    it("is the same for what is wanted and what the cluster keeps of it", () => {
      expect(toChild(stored(wanted)).fingerprint).to.equal(fingerprint(wanted));
    });

    it("differs when somebody changed a label of ours, its owner or its content", () => {
      const changes: ((object: AnyObject) => void)[] = [
        ({ metadata }) => (metadata!.labels!["vdi.kasm.io/session"] = "another"),
        ({ metadata }) => (metadata!.ownerReferences = []),
        (object) => (object["spec"] = { ...(object["spec"] as object), ...another[kind] }),
      ];
      for (const change of changes) {
        const changed = stored(wanted);
        change(changed);
        expect(fingerprint(changed)).not.to.equal(fingerprint(wanted));
      }
    });

    it("is all that a cache keeps of it, beside what names it", () => {
      expect(Object.keys(toChild(stored(wanted)))).to.deep.equal(["apiVersion", "kind", "metadata", "fingerprint"]);
      const { metadata } = toChild(stored(wanted));
      expect(Object.keys(metadata.labels ?? {})).to.deep.equal(["vdi.kasm.io/session"]);
      expect(metadata).not.to.have.any.keys("annotations");
    });
  });

const another: Record<string, object> = {
  Service: { selector: { "vdi.kasm.io/session": "another" } },
  IngressRoute: { routes: [] },
  NetworkPolicy: { egress: [{}] },
};

describe("what others added to a child", () => {
  it("is taken back by a merge patch: fields beside ours, entries of lists, owners; and nothing else is touched", () => {
    const metadata = { name: "a", namespace: "n", labels: { "vdi.kasm.io/session": "s" }, ownerReferences: [] };
    const wanted = { apiVersion: "v1", kind: "Service", metadata, spec: { type: "ClusterIP", ports: [{ port: 1 }] } };
    const found = {
      ...wanted,
      metadata: { ...metadata, labels: { ...metadata.labels, "vdi.kasm.io/pool": "p", theirs: "x" } },
      spec: { ...wanted.spec, clusterIP: "10.0.0.1", ports: [{ port: 1 }, { port: 22 }] },
    };
    expect(JSON.parse(JSON.stringify(withoutAdditions(wanted, found)))).to.deep.equal({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "a", namespace: "n", labels: { "vdi.kasm.io/pool": null }, ownerReferences: [] },
      spec: { ports: [{ port: 1 }] },
    });
  });

  it("is taken back and put back whatever it is called, also like what every object has", () => {
    const metadata = { name: "a", namespace: "n" };
    const policy = (matchLabels: object) => ({
      ...{ apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata },
      spec: { podSelector: { matchLabels }, policyTypes: ["Ingress"] },
    });
    const named = { app: "x", constructor: "theirs", toString: "theirs" };
    const patch = (wanted: object, found: object) =>
      (withoutAdditions(policy(wanted), policy(found))["spec"] as { podSelector?: object }).podSelector;
    expect(patch({ app: "x" }, named)).to.deep.equal({ matchLabels: { constructor: null, toString: null } });
    expect(patch(named, { app: "x" })).to.deep.equal({ matchLabels: { constructor: "theirs", toString: "theirs" } });
  });
});
