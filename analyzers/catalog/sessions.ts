import type { CodeEntry } from "../catalog.ts";

const byHand = [
  "kubectl get vdi --namespace NAMESPACE --output wide",
  "kubectl get vdi SESSION --namespace NAMESPACE --output jsonpath='{.status}'",
];

function entry(it: Pick<CodeEntry, "title" | "cause" | "fix"> & Partial<CodeEntry>): CodeEntry {
  const symptom = "The session is not ready: `kubectl get vdi` shows the reason.";
  return { area: "sessions", level: "failure", symptom, byHand, ...it };
}

export const sessions = {
  SessionNotReady: entry({
    title: "Session is not ready",
    cause: "Something that the session rests on is not well: its pod, its home volume, its template, its node.",
    fix: "See what it depends on.",
    mayPass: true,
  }),
  SessionNotObserved: entry({
    title: "Operator has not looked at a session",
    symptom: "The session has no status, or one of an earlier generation.",
    cause: "The operator does not run, does not lead, or may not read sessions.",
    fix: "Look at Deployment kasm-operator and its log.",
    byHand: ["kubectl get deployment kasm-operator --namespace kasm-vdi-system", ...byHand],
  }),
  TemplateMissing: entry({
    title: "Session's template does not exist",
    cause: "spec.template names no VDITemplate.",
    fix: "Create it, or name another one in the session.",
    byHand: ["kubectl get vditemplates", ...byHand],
  }),
  TemplateInvalid: entry({
    title: "No desktop can be made from the template",
    cause: "The VDITemplate says something that the operator does not accept.",
    fix: "Correct in the template what the sentence names.",
    byHand: ["kubectl get vditemplates", ...byHand],
  }),
  NotAllowed: entry({
    title: "Template is not for this user",
    cause: "spec.allowed of the template does not name the session's user.",
    fix: "Have the user added, or take another template.",
  }),
  ResourcesExceeded: entry({
    title: "Session asks for more than its template gives",
    cause: "spec.resources is above resources.max of the template.",
    fix: "Ask for less.",
  }),
  TurnUnavailable: entry({
    title: "Operator cannot read what TURN credentials are made from",
    cause: "The Secret turn-credentials is not mounted in the operator's pod.",
    fix: "See that the Secret exists and is mounted.",
  }),
  TooManySessions: entry({
    level: "warning",
    title: "User has as many desktops as one may have",
    cause: "operator.maxSessionsPerUser is reached.",
    fix: "Suspend or delete one of the user's sessions.",
  }),
  HomeInUse: entry({
    title: "Home volume is in use by another session of the user",
    cause: "A home is used by one session at a time.",
    fix: "Suspend or delete that session.",
  }),
  NameTaken: entry({
    title: "Somebody else's object has the name that the session needs",
    cause: "An object of that name was not made by the operator.",
    fix: "Delete or rename that object.",
  }),
  ChildContested: entry({
    title: "Somebody else keeps changing an object of the session",
    cause: "A controller or webhook undoes what the operator writes.",
    fix: "Find who writes it: metadata.managedFields names the writers.",
  }),
  RouteKindMissing: entry({
    title: "Cluster has no kind IngressRoute",
    cause: "Traefik's CRDs are not installed.",
    fix: "Install them, see docs/components/traefik.md.",
    byHand: ["kubectl get crd ingressroutes.traefik.io", ...byHand],
  }),
  WriteForbidden: entry({
    title: "Operator may not write an object of the session",
    cause: "Its ClusterRole or Role does not allow it.",
    fix: "Put its rights back with `PULUMI_K8S_ENABLE_PATCH_FORCE=true pulumi up --refresh`.",
    byHand: ["kubectl auth can-i --list --as system:serviceaccount:kasm-vdi-system:kasm-operator", ...byHand],
  }),
  WriteInvalid: entry({
    title: "API server does not take an object of the session",
    cause: "What follows from session and template is no valid object.",
    fix: "Correct the field that the message names.",
  }),
  WriteFailed: entry({
    title: "API server fails to make an object of the session",
    cause: "A webhook, or the API server itself, fails again and again.",
    fix: "Look at what the message names.",
    mayPass: true,
  }),
  RouteMissing: entry({
    title: "Desktop runs, and its address leads nowhere",
    cause: "Its Service or IngressRoute is not there, or Traefik does not serve it.",
    fix: "See who deletes them, and what Traefik says of the route.",
  }),
  StreamNotAnswering: entry({
    title: "Desktop is ready, and its stream does not answer",
    cause: "The kubelet's probe passes, and the operator gets no answer at the stream's port.",
    fix: "See the container's log, and network policies between operator and desktop.",
  }),
} satisfies Record<string, CodeEntry>;
