import type { VDITemplate } from "../api/objects.ts";
import type { VDITemplateStatus } from "../api/vdi-template.ts";
import { templateFault } from "../resources/template-faults.ts";
import type { TemplateSettings } from "../resources/template-faults.ts";
import { withTransitions } from "../status/conditions.ts";

/** What a template's status ought to be: whether sessions can be made from it, and how many there are. */
export function templateStatus(
  template: VDITemplate,
  sessions: number,
  settings: TemplateSettings,
  now: Date,
): VDITemplateStatus {
  const fault = templateFault(template, settings);
  const { generation } = template.metadata;
  const ready = {
    type: "Ready",
    ...(fault === undefined
      ? { status: "True" as const, reason: "Usable", message: "Sessions can be made from this template." }
      : { status: "False" as const, reason: "TemplateInvalid", message: `No session can be made: ${fault}.` }),
  };
  return {
    ...(generation !== undefined && { observedGeneration: generation }),
    conditions: withTransitions([ready], template.status?.conditions, generation, now),
    sessions,
  };
}
