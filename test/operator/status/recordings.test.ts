import { expect } from "chai";
import type { VDISession, VDITemplate } from "../../../operator/api/objects.ts";
import type { ClusterEvent, Node, PersistentVolumeClaim, Pod } from "../../../operator/kinds.ts";
import type { Refusal, SessionView } from "../../../operator/view/session-view.ts";
import { sessionStatus } from "../../../operator/status/session-status.ts";
import { trimClaim, trimNode, trimPod } from "../../../operator/trim.ts";
import type { AnyObject } from "../../../kube/object.ts";
import { allCases } from "../../cases/case.ts";
import type { Case } from "../../cases/case.ts";
import { settings, view } from "./views.ts";

/** What the operator's caches would have of the objects of a case. */
function viewOf({ objects = [] }: Case, now: Date): SessionView {
  const all = <T>(kind: string) => objects.filter((it) => it.kind === kind).map((it) => structuredClone(it) as T);
  const [recorded] = all<VDISession>("VDISession");
  const [pod] = all<Pod>("Pod");
  const { status, ...session } = recorded!;
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  const message = ready?.message ?? "";
  const isReady = pod?.status?.conditions?.some((it) => it.type === "Ready" && it.status === "True") === true;
  return view({
    session: { ...session, spec: { ...session.spec, timeout: "24h" } },
    template: all<VDITemplate>("VDITemplate")[0],
    templateProblem:
      ready?.reason === "TemplateInvalid" ? { reason: "TemplateInvalid", message: message.slice(0, 120) } : undefined,
    pod: pod && trimPod(pod),
    home: all<PersistentVolumeClaim>("PersistentVolumeClaim").map(trimClaim)[0],
    nodes: all<Node>("Node").map(trimNode),
    events: all<AnyObject>("Event").map(eventOf),
    refusals: pod ? [] : refusalsIn(message),
    stream: isReady ? { ok: true, message: `answers at ${now.toISOString()}` } : undefined,
    ...(!pod && { service: undefined, route: undefined, networkPolicy: undefined }),
  });
}

function eventOf(event: AnyObject): ClusterEvent {
  const { type, reason, message, lastTimestamp } = event as unknown as ClusterEvent & { lastTimestamp: string };
  return { type, reason, message, lastTime: lastTimestamp };
}

/** What the API server had said, out of the sentence that was made of it. */
function refusalsIn(message: string): Refusal[] {
  const at = message.indexOf('pods "');
  if (at < 0) return [];
  const why = message.includes("exceeded quota") ? "Quota" : "Forbidden";
  return [{ kind: "Pod", why, message: message.slice(at) }];
}

describe("the status of a session on a real kubelet", () => {
  const recordings = allCases().filter(
    ({ name, objects }) => name.startsWith("recordings/") && objects?.some(({ kind }) => kind === "VDISession"),
  );

  for (const one of recordings)
    it(`has the code of the diagnosis: ${one.name}`, () => {
      const now = new Date(one.takenAt!);
      const { conditions } = sessionStatus(viewOf(one, now), settings, now);
      // A session's status tells of its own pod and claim; the diagnosis goes on to the node that they follow from.
      const found = [...one.expect.roots, ...(one.expect.symptoms ?? [])].map((it) => it.split(" "));
      const [code] = found.find(([, kind]) => kind !== "Node") ?? [];
      expect(conditions?.find(({ type }) => type === "Ready")).to.have.property("reason", code ?? "Ready");
    });

  it("is looked at in all of them", () => {
    expect(recordings.length).to.be.greaterThan(35);
  });
});
