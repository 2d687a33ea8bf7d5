import { expect } from "chai";
import type { Refusal } from "../../../operator/view/session-view.ts";
import { sessionStatus, statusRecheckMs } from "../../../operator/status/session-status.ts";
import { expectReady, readyTable } from "./ready.ts";
import { ago, home, nothingYet, now, readyPod, session, settings, view } from "./views.ts";

const refused = (kind: Refusal["kind"], why: Refusal["why"], message: string) =>
  nothingYet({ refusals: [{ kind, why, message }] });
const podSecurity =
  'pods "alice-x" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "desktop" must set securityContext.allowPrivilegeEscalation=false)';

describe("why a desktop cannot be made", () => {
  readyTable({
    "its template does not exist": [
      nothingYet({ template: undefined }),
      ["TemplateMissing", "VDITemplate ubuntu does not exist", "goes on by itself"],
    ],
    "its template cannot be used": [
      nothingYet({
        templateProblem: {
          reason: "TemplateInvalid",
          message: "VDITemplate ubuntu: env PASSWD belongs to the operator; remove it",
        },
      }),
      ["TemplateInvalid", "remove it. The session goes on by itself"],
    ],
    "the template is not for its user": [
      nothingYet({
        templateProblem: { reason: "NotAllowed", message: "VDITemplate ubuntu is not for alice@example.com" },
      }),
      ["NotAllowed", "is not for alice@example.com"],
    ],
    "it asks for more than the template gives": [
      nothingYet({
        templateProblem: { reason: "ResourcesExceeded", message: "spec.resources.cpu is 64; ask for less" },
      }),
      ["ResourcesExceeded", "ask for less"],
    ],
    "the operator cannot read what TURN credentials are made from": [
      nothingYet({
        templateProblem: {
          reason: "TurnUnavailable",
          message: "the TURN server's secret, /s, cannot be read (ENOENT)",
        },
      }),
      ["TurnUnavailable", "/s, cannot be read"],
    ],
    "a quota is used up": [
      refused(
        "Pod",
        "Quota",
        'pods "alice-x" is forbidden: exceeded quota: desktops, requested: limits.cpu=2, used: limits.cpu=8, limited: limits.cpu=8',
      ),
      [
        "QuotaExceeded",
        "ResourceQuota desktops",
        "the session's Pod",
        "used: limits.cpu=8",
        "End or suspend another session",
      ],
    ],
    "a quota counts what a container does not ask for": [
      refused(
        "Pod",
        "Forbidden",
        'pods "alice-x" is forbidden: failed quota: desktops: must specify limits.cpu for: desktop',
      ),
      ["QuotaExceeded", "ResourceQuota desktops", "desktop lacks limits.cpu", "in template or session"],
    ],
    "the namespace does not let such pods in": [
      refused("Pod", "Forbidden", podSecurity),
      ["PodSecurityRefused", "allowPrivilegeEscalation != false", "securityProfile"],
    ],
    "the operator has no right to": [
      refused(
        "Secret",
        "Forbidden",
        'secrets is forbidden: User "system:serviceaccount:kasm-vdi-system:kasm-operator" cannot create resource "secrets"',
      ),
      ["WriteForbidden", "may not write the Secret", "pulumi up"],
    ],
    "the API server does not take the pod": [
      refused("Pod", "Invalid", 'Pod "alice-x" is invalid: spec.containers[0].env[0].name: Invalid value'),
      ["WriteInvalid", "does not take the Pod", "env[0].name"],
    ],
    "the API server fails, and no webhook has a part in it": [
      refused("Pod", "Failing", "etcdserver: request timed out"),
      ["WriteFailed", "again and again to make the Pod", "goes on by itself"],
    ],
    "a LimitRange of the namespace asks for less: with its values": [
      refused(
        "Pod",
        "Forbidden",
        'pods "alice-x" is forbidden: maximum memory usage per Container is 2Gi, but limit is 4Gi',
      ),
      ["LimitRangeExceeded", "maximum memory usage per Container is 2Gi, but limit is 4Gi", "Ask for an amount within"],
    ],
    "a LimitRange of the namespace asks for more": [
      refused(
        "Pod",
        "Forbidden",
        'pods "alice-x" is forbidden: minimum cpu usage per Container is 1, but request is 100m',
      ),
      ["LimitRangeExceeded", "minimum cpu usage per Container is 1, but request is 100m"],
    ],
    "an admission webhook denies, without a code": [
      refused("Pod", "Invalid", 'admission webhook "pods.site.example.com" denied the request: no images from outside'),
      ["WebhookDenied", "Admission webhook pods.site.example.com", "no images from outside"],
    ],
    "a policy denies": [
      refused(
        "Pod",
        "Invalid",
        "ValidatingAdmissionPolicy 'site-policy' with binding 'site' denied request: no latest tags",
      ),
      ["PolicyDenied", "ValidatingAdmissionPolicy site-policy", "no latest tags"],
    ],
    "its RuntimeClass does not exist: rights have nothing to do with it": [
      refused("Pod", "Forbidden", 'pods "alice-x" is forbidden: pod rejected: RuntimeClass "nvidia" not found'),
      ["RuntimeClassMissing", "RuntimeClass nvidia", "kubectl get runtimeclass", /^(?!.*rights)/],
    ],
    "access is revoked until a time to come: nothing says so but this": [
      nothingYet({ session: session({ spec: { access: { revokedBefore: ago(-600) } } }) }),
      ["AccessRevoked", `not started before ${ago(-600)}`, "set an earlier time"],
    ],
    "access was revoked just now: the next pod is on its way": [
      nothingYet({ session: session({ spec: { access: { revokedBefore: ago(1) } } }) }),
      ["Creating"],
    ],
    "an admission webhook is away": [
      refused("Pod", "Failing", 'Internal error occurred: failed calling webhook "pods.policy.example.com"'),
      ["WebhookUnreachable", "pods.policy.example.com", "goes on by itself"],
    ],
    "somebody else's pod has the desktop's name": [
      refused("Pod", "Taken", "a Pod alice-x is there that the operator did not make; delete it"),
      ["NameTaken", "cannot be made", "delete it"],
    ],
    "another session's pod has the home, as the API server tells": [
      refused("Pod", "Held", "pod home-alice of session alice-2 has it"),
      ["HomeInUse", "pod home-alice of session alice-2 has it"],
    ],
    "the namespace is being deleted": [
      refused("Pod", "Terminating", "namespace kasm-vdi is being terminated"),
      ["NamespaceTerminating"],
    ],
    "a refused change of what is there keeps nobody from a desktop": [
      view({ refusals: [{ kind: "NetworkPolicy", why: "Invalid", message: "x" }] }),
      ["Ready"],
    ],
    "a refused change of the session itself, as when its idle time is over, shuts nobody out": [
      view({ refusals: [{ kind: "VDISession", why: "Forbidden", message: "denied by a policy of the site" }] }),
      ["Ready"],
    ],
    "its NetworkPolicy is refused: nothing would guard it": [
      view({ networkPolicy: undefined, refusals: [{ kind: "NetworkPolicy", why: "Forbidden", message: "no right" }] }),
      ["WriteForbidden", "may not write the NetworkPolicy"],
    ],
    "its template is gone while it runs: that does not matter": [view({ template: undefined }), ["Ready"]],
  });

  it("is not told while a template that was created with the session may still come", () => {
    const young = { ...session(), metadata: { ...session().metadata, creationTimestamp: ago(1) } };
    const view = nothingYet({ session: young, template: undefined });
    expectReady(view, ["Creating"]);
    expect(statusRecheckMs(view, now)).to.equal(2_000);
  });

  it("is Stalled where somebody has to act, and Reconciling where it can go on by itself", () => {
    const types = (it: Parameters<typeof sessionStatus>[0]) =>
      sessionStatus(it, settings, now).conditions?.map(({ type }) => type);
    expect(types(nothingYet({ template: undefined })))
      .to.include("Stalled")
      .and.not.include("Reconciling");
    expect(types(refused("Pod", "Quota", "exceeded quota: a")))
      .to.include("Reconciling")
      .and.not.include("Stalled");
  });
});

describe("a session that is not to run", () => {
  const gone = { ...session(), metadata: { ...session().metadata, deletionTimestamp: ago(1) } };
  readyTable({
    "is deleted": [view({ session: gone }), ["Terminating"]],
    "is deleted, and kept by somebody's finalizer: names it": [
      view({
        session: {
          ...gone,
          metadata: { ...gone.metadata, finalizers: ["vdi.kasm.io/session-cleanup", "example.com/a"] },
        },
      }),
      ["Terminating", "finalizer example.com/a keeps the session", /^(?!.*session-cleanup)/],
    ],
    "is deleted, and its pod does not end: names that": [
      view({ session: gone, pod: { ...readyPod(), metadata: { ...readyPod().metadata, deletionTimestamp: ago(60) } } }),
      ["Terminating", "Pod alice-x does not end on gpu-1"],
    ],
    "is suspended, and its pod does not end: names that": [
      view({
        session: session({ spec: { desiredState: "Suspended" } }),
        pod: { ...readyPod(), metadata: { ...readyPod().metadata, deletionTimestamp: ago(60) } },
      }),
      ["TerminatingStuck", "Pod alice-x does not end on gpu-1"],
    ],
    "is suspended, and its home is being deleted": [
      nothingYet({
        session: session({ spec: { desiredState: "Suspended" } }),
        home: { ...home("Bound"), metadata: { name: "home-alice", deletionTimestamp: ago(5) } },
      }),
      ["Suspended", "its home volume is being deleted"],
    ],
    "is over by its timeout": [
      view({ session: session({ spec: { timeout: "1m" } }) }),
      ["Expired", "timeout of 1m is over"],
    ],
    "is suspended while somebody deletes its home: that one is not kept": [
      nothingYet({
        session: session({ spec: { desiredState: "Suspended" } }),
        home: { metadata: { name: "home-alice", deletionTimestamp: ago(5) } },
      }),
      ["Suspended", /^(?!.*kept)/],
    ],
    "is over by its timeout, as far as clocks that do not agree can tell": [
      view({ session: session({ spec: { timeout: "1m" } }), timeDoubt: "the clocks do not agree" }),
      ["Ready"],
    ],
    "is suspended": [
      nothingYet({ session: session({ spec: { desiredState: "Suspended" } }) }),
      ["Suspended", "spec.desiredState to Running"],
    ],
    "goes with its namespace": [
      view({ session: gone, refusals: [{ kind: "Pod", why: "Terminating", message: "" }] }),
      ["Terminating"],
    ],
  });

  it("ends at the moment that is told before", () => {
    const short = view({ session: session({ spec: { timeout: "3m" } }) });
    expect(statusRecheckMs(short, now)).to.equal(60_000);
    expectReady(short, ["Ready"]);
    expect(sessionStatus(short, settings, new Date(now.getTime() + 60_000)).phase).to.equal("Terminating");
  });
});
