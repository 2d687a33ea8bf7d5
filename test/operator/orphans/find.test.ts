import { expect } from "chai";
import { forcedRemovals, ownersOf, removals } from "../../../operator/orphans/find.ts";
import { belongsTo, poolLabels, sessionLabels } from "../../../operator/resources/labels.ts";
import { ago, node, now, session } from "../status/views.ts";

const one = (name: string, changes: object = {}) => ({
  metadata: { name, namespace: "kasm-vdi", uid: `uid-${name}`, ...changes },
});
const none = { pods: [], services: [], routes: [], networkPolicies: [] };
const told = (left: Partial<typeof none>) =>
  removals({ ...none, ...left }).map(({ key, uid }) => `${key.kind} ${key.metadata.name} ${uid ?? ""}`.trim());

describe("what a session that is gone has left", () => {
  const [ways, policies] = [[one("alice-x")] as never[], [one("alice-x")] as never[]];

  it("is deleted with the credentials, each as it was seen; the policy guards the pod until that has ended", () => {
    const pods = [one("home-alice")] as never[];
    expect(told({ pods, services: ways, routes: ways, networkPolicies: policies })).to.deep.equal([
      "Pod home-alice uid-home-alice",
      "IngressRoute alice-x uid-alice-x",
      "Service alice-x uid-alice-x",
      "Secret alice-x",
      "Secret home-alice",
    ]);
    const ending = [one("home-alice", { deletionTimestamp: ago(1) })] as never[];
    expect(told({ pods: ending, networkPolicies: policies })).to.deep.equal([]);
    expect(told({ networkPolicies: policies })).to.deep.equal(["NetworkPolicy alice-x uid-alice-x", "Secret alice-x"]);
  });
});

it("a pod that is left on a node which is gone is taken out of the API, unless it has a home", () => {
  const left = (spec: object = {}) => ({
    ...one("alice-x", { deletionTimestamp: ago(31) }),
    spec: { nodeName: "gpu-1", ...spec },
  });
  const forced = (pod: ReturnType<typeof left>, isReady = false) =>
    forcedRemovals({ pods: [pod] }, { nodes: [node("gpu-1", { isReady })], timeDoubt: undefined }, now);
  const key = { apiVersion: "v1", kind: "Pod", metadata: { name: "alice-x", namespace: "kasm-vdi" } };
  expect(forced(left())).to.deep.equal([{ key, uid: "uid-alice-x", graceSeconds: 0 }]);
  expect(forced(left(), true)).to.deep.equal([]);
  expect(forced(left({ volumes: [{ persistentVolumeClaim: { claimName: "home-alice" } }] }))).to.deep.equal([]);
});

describe("whose a child is", () => {
  const pool = { metadata: { name: "pool", uid: "pool-1" }, spec: { template: "ubuntu" } } as never;

  it("is told by its labels, also when nobody owns it any more", () => {
    const owners = ownersOf([session()], [pool]);
    const ofSession = belongsTo(one("a", { labels: sessionLabels(session()) }));
    const ofPool = belongsTo(one("b", { labels: poolLabels(pool) }));
    expect(owners).to.deep.equal(new Set([ofSession, ofPool]));
    // One that a session took from its pool is the session's.
    expect(belongsTo(one("c", { labels: { ...poolLabels(pool), ...sessionLabels(session()) } }))).to.equal(ofSession);
    expect(belongsTo(one("home"))).to.equal(undefined);
  });

  it("is another session's when one is made anew with the same name", () => {
    const again = { ...session(), metadata: { ...session().metadata, uid: "u-2" } };
    expect(ownersOf([again], []).has(belongsTo(one("a", { labels: sessionLabels(session()) })) ?? "")).to.equal(false);
  });
});
