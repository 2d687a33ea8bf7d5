import { listed, quoted } from "../../kube/sentences.ts";
import { untrusted } from "../../kube/untrusted-text.ts";
import type { admission } from "../catalog/admission.ts";
import type { Verdict } from "../verdict.ts";

export type AdmissionCode = keyof typeof admission;

/** What is refused, and who asks for it. */
export interface Refused {
  /** `the session's Pod`, `pods of ReplicaSet kasm/kasm-api-7d` */
  readonly what: string;
  /** Where amounts are set: `spec.template of Deployment kasm/api`. Undefined for desktops: in template or session. */
  readonly setIn?: string;
  readonly namespace?: string;
}

/**
 * Why the API server does not let an object be made, by its message; undefined where it is not one of the known ways: it may
 * be that who asks has no right to, or that the object itself is invalid.
 */
export function refusalVerdict(message: string, refused: Refused): Verdict<AdmissionCode> | undefined {
  const said = untrusted(message);
  for (const [words, tell] of forms) {
    const found = words.exec(said);
    if (found) return tell({ ...refused, said: quoted(message), named: found[1], rest: found[2] });
  }
  return undefined;
}

interface Told extends Refused {
  readonly said: string;
  /** What the message names. */
  readonly named: string | undefined;
  readonly rest: string | undefined;
}

// Sources: plugin/pkg/admission/{resourcequota,limitranger,runtimeclass}, pod-security-admission, admission/plugin/{webhook,policy}.
const forms: readonly [RegExp, (told: Told) => Verdict<AdmissionCode>][] = [
  [
    /exceeded quota: ([^,\s]+)/,
    ({ what, said, named, setIn }) => ({
      code: "QuotaExceeded",
      problem: `ResourceQuota ${named ?? ""} does not allow ${what}: ${said}.`,
      remedy:
        setIn === undefined
          ? "End or suspend another session, ask for less, or have the quota raised; it goes on by itself."
          : `Ask for less in ${setIn}, end something else in the namespace, or have the quota raised; it goes on by itself.`,
    }),
  ],
  [
    /failed quota: ([^:\s]{1,253}): must specify ([^\n]{1,1000})/,
    ({ what, named = "", rest = "", setIn = "template or session", namespace }) => {
      const lacking = lackingIn(quoted(rest));
      return {
        code: "QuotaExceeded",
        problem: `ResourceQuota ${named} allows ${what} only if each container says how much it asks for: ${listed(lacking.map(({ container, fields }) => `${container} lacks ${listed(fields)}`))}.`,
        remedy: `Add ${listed(lacking.map(({ container, fields }) => `${listed(fields.map((it) => `resources.${it}`))} to ${container}`))} in ${setIn}, or have a LimitRange give defaults in the namespace.`,
        ...(namespace !== undefined && { command: `kubectl describe resourcequota ${named} --namespace ${namespace}` }),
      };
    },
  ],
  [
    /violates PodSecurity "([^"]*)"/,
    ({ what, said, setIn }) => ({
      code: "PodSecurityRefused",
      problem: `The namespace's Pod Security level refuses ${what}: ${said}.`,
      remedy:
        setIn === undefined
          ? "Choose a stricter spec.securityProfile in the template and an image that runs under it, or relax the level of the namespace."
          : `Set in ${setIn} what the message asks for, with an image that runs under it, or relax the level of the namespace.`,
    }),
  ],
  [
    /RuntimeClass "([^"]*)" not found/,
    ({ what, named, setIn = "the template" }) => ({
      code: "RuntimeClassMissing",
      problem: `RuntimeClass ${named ?? ""}, which ${what} asks for, does not exist.`,
      remedy: `Create it (K3s makes those of the runtimes that it finds when it starts, the GPU operator makes nvidia), or take runtimeClassName out of ${setIn}; \`kubectl get runtimeclass\` lists what there is.`,
      command: "kubectl get runtimeclass",
    }),
  ],
  [
    /\b((?:minimum|maximum) [\w./-]{1,80} usage per \w{1,40} is [^,]{1,40}, but (?:request|limit) is [\w.]{1,40}|max limit to request ratio per \w{1,40} is [^,]{1,40}, but provided ratio is [\d.]{1,20})/,
    ({ what, named, setIn = "template or session", namespace }) => ({
      code: "LimitRangeExceeded",
      problem: `A LimitRange of the namespace does not allow ${what}: ${quoted(named ?? "")}.`,
      remedy: `Ask for an amount within these bounds in ${setIn}, or change the LimitRange.`,
      ...(namespace !== undefined && { command: `kubectl describe limitrange --namespace ${namespace}` }),
    }),
  ],
  [
    /failed calling webhook "([^"]*)"/,
    ({ what, said, named }) => ({
      code: "WebhookUnreachable",
      problem: `Admission webhook ${named ?? ""} does not answer, so ${what} cannot be made: ${said}.`,
      remedy: "Bring the webhook back, or delete its configuration when what it belonged to is gone.",
    }),
  ],
  [
    /admission webhook "([^"]*)" denied the request/,
    ({ what, said, named }) => ({
      code: "WebhookDenied",
      problem: `Admission webhook ${named ?? ""} does not allow ${what}: ${said}.`,
      remedy: `Change what it names, or ask whoever runs that webhook for an exception.`,
    }),
  ],
  [
    /ValidatingAdmissionPolicy '([^']*)'/,
    ({ what, said, named }) => ({
      code: "PolicyDenied",
      problem: `ValidatingAdmissionPolicy ${named ?? ""} does not allow ${what}: ${said}.`,
      remedy: "Change what it names, or ask whoever made that policy for an exception.",
    }),
  ],
];

/** `limits.cpu for: a,b; limits.memory for: a` by container. Servers before 1.28 name no containers. */
function lackingIn(text: string): { container: string; fields: string[] }[] {
  const pairs = text.split(";").flatMap((part) => {
    const [fields = "", containers = "each container"] = part.split(" for: ").map((it) => it.trim());
    return containers.split(",").flatMap((container) => fields.split(",").map((field) => ({ container, field })));
  });
  const byContainer = Map.groupBy(pairs, ({ container }) => container);
  return [...byContainer].map(([container, them]) => ({ container, fields: them.map(({ field }) => field) }));
}
