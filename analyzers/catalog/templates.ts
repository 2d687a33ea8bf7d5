import type { CodeEntry } from "../catalog.ts";

const area = "sessions";

export const templates = {
  TemplateNotUsable: {
    ...{ area, level: "failure" },
    title: "Template cannot be used",
    symptom: "Sessions of the template stay Pending with reason TemplateInvalid.",
    cause: "The operator has checked the template and found a contradiction; the condition Ready says which.",
    fix: "Correct the named field; sessions go on by themselves.",
    byHand: ["kubectl get vditemplate TEMPLATE -o jsonpath='{.status.conditions}'"],
  },
  TemplateAbsent: {
    ...{ area, level: "failure" },
    title: "Template that sessions or pools name does not exist",
    symptom: "Sessions stay Pending with reason TemplateMissing.",
    cause: "The template was deleted or renamed, or its name is mistyped.",
    fix: "Create it, or delete the sessions and create them with one that exists.",
    byHand: ["kubectl get vditemplates"],
  },
  PoolNotFilled: {
    ...{ area, level: "warning" },
    title: "Pool has no desktop ready",
    symptom: "Sessions of the template start cold, and take longer.",
    cause: "None of the desktops that the pool starts ahead is ready.",
    fix: "Mend what keeps its desktops from being ready; the pool's condition Ready names it.",
    byHand: ["kubectl get vdipools --all-namespaces -o wide"],
  },
} as const satisfies Record<string, CodeEntry>;
