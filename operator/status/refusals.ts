import { refusalVerdict } from "../../analyzers/sessions/refusals.ts";
import type { Refusal, SessionView } from "../view/session-view.ts";
import type { Finding } from "./reasons.ts";
import { fromVerdict } from "./verdict.ts";
import { quoted } from "../../kube/sentences.ts";

/** What the API server refused to create. A refused change of an object that is there does not keep the desktop from running. */
export function refusalFindings(view: SessionView): Finding[] {
  return view.refusals.filter((it) => toldAlways.has(it.why) || !exists(view, it.kind)).map(finding);
}

// A child that others keep changing may let anybody in.
const toldAlways = new Set<Refusal["why"]>(["Terminating", "Contested"]);

function exists({ pod, home, service, route, networkPolicy }: SessionView, kind: Refusal["kind"]): boolean {
  switch (kind) {
    case "VDISession":
      return true;
    case "Pod":
    case "Secret":
      return pod !== undefined;
    case "PersistentVolumeClaim":
      return home !== undefined;
    case "Service":
      return service !== undefined;
    case "IngressRoute":
      return route !== undefined;
    case "NetworkPolicy":
      return networkPolicy !== undefined;
  }
}

function finding({ kind, why, message }: Refusal): Finding {
  const said = quoted(message);
  // Whatever code admission answers with, its words say who refuses.
  const refused =
    why === "Terminating" || why === "Contested" || why === "Taken" || why === "Missing"
      ? undefined
      : refusalVerdict(message, { what: `the session's ${kind}` });
  if (refused) return fromVerdict({ ...refused, remedy: `${refused.remedy} The session goes on by itself.` });
  switch (why) {
    case "Terminating":
      return {
        reason: "NamespaceTerminating",
        message: "The namespace is being deleted, and the session goes with it. Create sessions in another namespace.",
      };
    case "Contested":
      return {
        reason: "ChildContested",
        message: `The session's ${kind} ${said}. Look at the admission webhooks and controllers that write it. The operator tries again, ever more seldom; the session goes on by itself.`,
      };
    case "Taken":
      return {
        reason: "NameTaken",
        message: `The session's ${kind} cannot be made: ${said}. The session goes on by itself.`,
      };
    case "Held":
      return {
        reason: "HomeInUse",
        message: `The home volume is in use: ${said}. The session goes on by itself when that one has ended; or create it with persistence.enabled false.`,
      };
    case "Missing":
      return kind === "IngressRoute"
        ? {
            reason: "RouteKindMissing",
            message:
              "The cluster has no kind IngressRoute (traefik.io/v1alpha1), so the desktop gets no address: install Traefik's CRDs, see docs/components/traefik.md. The session goes on by itself.",
          }
        : {
            reason: "WriteInvalid",
            message: `The cluster does not know the kind ${kind}: ${said}. Look at the operator's version.`,
          };
    case "Quota":
    case "Forbidden":
      return {
        reason: "WriteForbidden",
        message: `The operator may not write the ${kind}: ${said}. Restore its rights with \`pulumi up\`, or look at the admission policy that refuses it.`,
      };
    case "Failing":
      return {
        reason: "WriteFailed",
        message: `The API server fails again and again to make the ${kind}: ${said}. Look at the admission webhook that it names, or at the API server itself; the session goes on by itself.`,
      };
    case "Invalid":
      return {
        reason: "WriteInvalid",
        message: `The API server does not take the ${kind} as it follows from session and template: ${said}. Correct the named field in the template.`,
      };
  }
}
