import { expect } from "chai";
import { Store } from "../../../kube/store.ts";
import type { VDISession } from "../../../operator/api/objects.ts";
import type { Caches } from "../../../operator/caches.ts";
import type { Pod } from "../../../operator/kinds.ts";
import { sessionLabels } from "../../../operator/resources/labels.ts";
import { controllerReference } from "../../../operator/resources/metadata.ts";
import { homeName } from "../../../operator/resources/names.ts";
import { homeRemains, homeRival, isHomeMounted } from "../../../operator/session/home-pods.ts";
import { ago, session } from "../status/views.ts";

const claimName = homeName(session().spec.user);

function named(name: string): VDISession {
  const it = session();
  return { ...it, metadata: { ...it.metadata, name, uid: name } };
}

/** A pod that has the home, made so many seconds ago. */
function podOf(
  owner: VDISession | undefined,
  name: string,
  seconds: number,
  changes: Partial<Pod["metadata"]> = {},
): Pod {
  return {
    metadata: {
      ...{ name, namespace: "kasm-vdi", uid: `pod-${name}`, creationTimestamp: ago(seconds) },
      ...(owner && { ownerReferences: [controllerReference("VDISession", owner)] }),
      ...changes,
    },
    spec: { volumes: [{ persistentVolumeClaim: { claimName } }] },
  };
}

function caches(sessions: VDISession[], pods: Pod[]) {
  const home = ({ spec }: Pod) => spec?.volumes?.map((it) => it.persistentVolumeClaim?.claimName ?? "") ?? [];
  const [podStore, sessionStore] = [new Store<Pod>({ home }), new Store<VDISession>()];
  for (const pod of pods) podStore.put(pod);
  for (const it of sessions) sessionStore.put(it);
  return { pods: { store: podStore }, sessions: { store: sessionStore } } as unknown as Caches;
}

describe("two pods that have one home", () => {
  const [alice, bob] = [named("alice"), named("bob")];
  const rival = (of: VDISession, own: Pod, pods: Pod[], sessions = [alice, bob]) =>
    homeRival(of, own, caches(sessions, pods))?.metadata.name;

  it("are told to the one that was made later, and not to the one that goes on", () => {
    const [older, newer] = [podOf(alice, "older", 60), podOf(bob, "newer", 5)];
    expect(rival(bob, newer, [newer, older])).to.equal("older");
    expect(rival(alice, older, [newer, older])).to.equal(undefined);
  });

  it("leave it to the one that has the home's name, though it is younger", () => {
    const [older, named] = [podOf(alice, "older", 60), podOf(bob, claimName, 5)];
    expect(rival(alice, older, [older, named])).to.equal(claimName);
    expect(rival(bob, named, [older, named])).to.equal(undefined);
  });

  it("leave it to the one that a session has", () => {
    const [orphan, owned] = [podOf(undefined, "orphan", 60), podOf(bob, "owned", 5)];
    expect(rival(bob, owned, [orphan, owned])).to.equal(undefined);
  });

  it("are none where the other has ended, or ends already", () => {
    const own = podOf(bob, "own", 5);
    const ending = podOf(alice, "ending", 60, { deletionTimestamp: ago(-30) });
    const over: Pod = { ...podOf(alice, "over", 60), status: { phase: "Succeeded" } };
    expect(rival(bob, own, [own, ending, over])).to.equal(undefined);
  });

  it("are not looked for by a session whose pod has no home", () => {
    const own: Pod = { ...podOf(bob, "own", 5), spec: {} };
    expect(rival(bob, own, [own, podOf(alice, "older", 60)])).to.equal(undefined);
  });
});

it("a home is mounted by another session's desktop that goes on, whatever that session says by now", () => {
  const [alice, bob] = [named("alice"), named("bob")];
  const changed = { ...bob, spec: { ...bob.spec, persistence: { ...bob.spec.persistence, enabled: false } } };
  const ended = { ...bob, metadata: { ...bob.metadata, deletionTimestamp: ago(1) } };
  const isMounted = (sessions: VDISession[], pods: Pod[]) => isHomeMounted(alice, caches(sessions, pods));
  const pod = podOf(bob, claimName, 60);
  expect(isMounted([alice, changed], [pod])).to.equal(true);
  expect(isMounted([alice, ended], [pod])).to.equal(false);
  expect(isMounted([alice, changed], [podOf(bob, claimName, 60, { deletionTimestamp: ago(-20) })])).to.equal(false);
  expect(isMounted([alice, changed], [podOf(alice, claimName, 60)])).to.equal(false);
  expect(isMounted([alice], [pod])).to.equal(false);
});

it("a pod that no session has keeps the home from all but the one whose it was", () => {
  const [alice, bob] = [named("alice"), named("bob")];
  const left = podOf(undefined, "left", 60, { labels: sessionLabels(bob) });
  expect(homeRemains(alice, caches([alice, bob], [left]))).to.equal(left);
  expect(homeRemains(bob, caches([alice, bob], [left]))).to.equal(undefined);
});
