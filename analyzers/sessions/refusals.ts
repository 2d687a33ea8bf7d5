import { quoted } from "../../kube/sentences.ts";
import { untrusted } from "../../kube/untrusted-text.ts";
import type { admission } from "../catalog/admission.ts";
import type { Verdict } from "../verdict.ts";

export type AdmissionCode = keyof typeof admission;

/**
 * Why the API server does not let an object be made, by its message; undefined where it is not one of the known ways: it may
 * be that who asks has no right to, or that the object itself is invalid.
 *
 * @param what `the session's Pod`, `pods of ReplicaSet kasm/kasm-api-7d`
 */
export function refusalVerdict(message: string, what: string): Verdict<AdmissionCode> | undefined {
  const said = untrusted(message);
  for (const [words, tell] of forms) {
    const found = words.exec(said);
    if (found) return tell({ what, said: quoted(message), named: found[1] });
  }
  return undefined;
}

interface Told {
  readonly what: string;
  readonly said: string;
  /** What the message names. */
  readonly named: string | undefined;
}

// Sources: plugin/pkg/admission/{resourcequota,limitranger,runtimeclass}, pod-security-admission, admission/plugin/{webhook,policy}.
const forms: readonly [RegExp, (told: Told) => Verdict<AdmissionCode>][] = [
  [
    /exceeded quota: ([^,\s]+)/,
    ({ what, said, named }) => ({
      code: "QuotaExceeded",
      problem: `ResourceQuota ${named ?? ""} does not allow ${what}: ${said}.`,
      remedy: "End or suspend another session, ask for less, or have the quota raised; it goes on by itself.",
    }),
  ],
  [
    /violates PodSecurity "([^"]*)"/,
    ({ what, said }) => ({
      code: "PodSecurityRefused",
      problem: `The namespace's Pod Security level refuses ${what}: ${said}.`,
      remedy:
        "Choose a stricter spec.securityProfile in the template and an image that runs under it, or relax the level of the namespace.",
    }),
  ],
  [
    /RuntimeClass "([^"]*)" not found/,
    ({ what, named }) => ({
      code: "RuntimeClassMissing",
      problem: `RuntimeClass ${named ?? ""}, which ${what} asks for, does not exist.`,
      remedy: `Create it (K3s makes those of the runtimes that it finds when it starts, the GPU operator makes nvidia), or take runtimeClassName out of the template; \`kubectl get runtimeclass\` lists what there is.`,
      command: "kubectl get runtimeclass",
    }),
  ],
  [
    /\b((?:minimum|maximum) [\w./-]{1,80} usage per \w{1,40} is [^,]{1,40}, but (?:request|limit) is [\w.]{1,40}|max limit to request ratio per \w{1,40} is [^,]{1,40}, but provided ratio is [\d.]{1,20})/,
    ({ what, named }) => ({
      code: "LimitRangeExceeded",
      problem: `A LimitRange of the namespace does not allow ${what}: ${quoted(named ?? "")}.`,
      remedy: "Ask for an amount within these bounds in template or session, or change the LimitRange.",
      command: "kubectl describe limitrange --namespace NAMESPACE",
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
