import { expect } from "chai";
import type { Snapshot } from "../../../analyzers/snapshot.ts";
import { probePod } from "../../../diagnose/probe-pod/manifest.ts";
import { runProbePod } from "../../../diagnose/probe-pod/run.ts";
import type { PodHands } from "../../../diagnose/probe-pod/run.ts";
import { insideResults, probeScript } from "../../../diagnose/probe-pod/script.ts";
import type { AnyObject } from "../../../kube/object.ts";

const service = (namespace: string, name: string, port: number) => ({
  kind: "Service",
  metadata: { namespace, name },
  spec: { clusterIP: "10.43.0.9", selector: { app: name }, ports: [{ port }] },
});
const pod = (namespace: string, name: string) => ({
  kind: "Pod",
  metadata: { namespace, name, labels: { app: name } },
  status: { phase: "Running", podIP: "10.42.0.9" },
});
const closed = { kind: "NetworkPolicy", metadata: { namespace: "kube-system", name: "x" }, spec: { podSelector: {} } };

function snapshot(policies: readonly AnyObject[] = []): Snapshot {
  const services = [service("kasm", "kasm-db", 5_432), service("kube-system", "traefik", 443)];
  const pods = [pod("kasm", "kasm-db"), pod("kube-system", "traefik")];
  return {
    ...{ kind: "KasmVdiSnapshot", schemaVersion: 1, takenAt: "2026-01-01T00:00:00Z", logs: [], probes: [] },
    objects: { Service: { seen: services }, Pod: { seen: pods }, NetworkPolicy: { seen: policies } },
  };
}

/** An API server with these pods; each look at the new one gives the next status. */
function serverWith(statuses: readonly object[], pods: AnyObject[] = []) {
  const done: string[] = [];
  const hands: PodHands = {
    list: () => Promise.resolve([...pods]),
    create(object) {
      const made = { ...object, metadata: { ...object.metadata, name: "kasm-vdi-probe-1" } };
      pods.push(made);
      done.push("create");
      return Promise.resolve(made);
    },
    get: () => Promise.resolve({ ...pods[0]!, status: statuses[Math.min(looks++, statuses.length - 1)] }),
    delete({ metadata }) {
      pods.splice(0);
      done.push(`delete ${metadata.name}`);
      return Promise.resolve();
    },
  };
  let looks = 0;
  return { hands, done, pods };
}

const settings = { namespace: "kasm", image: "busybox", pause: () => Promise.resolve() };
const run = (hands: PodHands, policies?: readonly AnyObject[]) =>
  runProbePod(snapshot(policies), hands, { ...settings, signal: new AbortController().signal });
const ended = (message: string) => ({
  phase: "Succeeded",
  containerStatuses: [{ state: { terminated: { exitCode: 0, message } } }],
});
const deleted = "delete kasm-vdi-probe-1";

describe("the pod that looks from inside", () => {
  it("tells of DNS and of each Service, and is deleted", async () => {
    const { hands, done } = serverWith([{ phase: "Pending" }, ended("dns ok\n0 ok\n1 failed refused\n")]);
    const results = await run(hands);
    expect(results.map((it) => [it.probe, it.about, it.ok])).to.deep.equal([
      ["inside-dns", undefined, true],
      ["inside-path", "Service kube-system/traefik", true],
      ["inside-path", "Service kasm/kasm-db", false],
    ]);
    expect(done).to.deep.equal(["create", deleted]);
  });

  it("is deleted where it never ends, where it says nothing, and where it cannot be read", async () => {
    const unreadable = serverWith([{}]);
    unreadable.hands.get = () => Promise.reject(new Error("no"));
    for (const { hands, done } of [serverWith([{ phase: "Pending" }]), serverWith([{ phase: "Failed" }]), unreadable]) {
      const [result] = await run(hands);
      expect(result).to.deep.include({ probe: "probe-pod", ok: false });
      expect(done.at(-1)).to.equal(deleted);
    }
  });

  it("says why it does not run", async () => {
    const waiting = { phase: "Pending", containerStatuses: [{ state: { waiting: { message: "Back-off pulling" } } }] };
    expect((await run(serverWith([waiting]).hands))[0]?.message).to.include("Back-off pulling");
  });

  it("is deleted where somebody ends the run", async () => {
    const { hands, done } = serverWith([{ phase: "Pending" }]);
    const [result] = await runProbePod(snapshot(), hands, { ...settings, signal: AbortSignal.abort() });
    expect(result?.message).to.equal("The run was ended.");
    expect(done).to.deep.equal(["create", deleted]);
  });

  it("makes no second one beside that of a run that was killed", async () => {
    const left: AnyObject = { kind: "Pod", metadata: { namespace: "kasm", name: "kasm-vdi-probe-0" } };
    const { hands, done } = serverWith([ended("dns ok")], [left]);
    await run(hands);
    expect(done).to.deep.equal(["delete kasm-vdi-probe-0", "create", deleted]);
  });

  it("does not ask for what a NetworkPolicy closes on purpose", async () => {
    const { hands } = serverWith([ended("0 failed")]);
    const results = await run(hands, [closed]);
    expect(results.map(({ about }) => about)).to.deep.equal(["Service kasm/kasm-db"]);
  });

  it("has no rights, no root and an end", () => {
    const { spec } = probePod({ namespace: "kasm", image: "busybox" }, []) as unknown as {
      spec: Record<string, unknown>;
    };
    expect(spec).to.include({ activeDeadlineSeconds: 60, automountServiceAccountToken: false, restartPolicy: "Never" });
    expect(spec["securityContext"]).to.include({ runAsNonRoot: true });
  });

  it("asks in order, by lines that are read again", () => {
    const targets = [{ about: "Service kasm/kasm-db", address: "10.43.0.9", port: 5_432 }];
    expect(probeScript(targets).split("\n").at(-1)).to.equal("path 0 10.43.0.9 5432");
    expect(insideResults("0 unknown nc: not found\nnonsense\n7 ok", "kasm", targets)).to.deep.equal([]);
  });
});
