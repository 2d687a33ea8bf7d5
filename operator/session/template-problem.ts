import { quantityValue } from "../../kube/quantity.ts";
import { listed } from "../../kube/sentences.ts";
import { cutAt } from "../../kube/untrusted-text.ts";
import type { VDISession, VDITemplate } from "../api/objects.ts";
import { desktopResources } from "../resources/pod.ts";
import { isPositive, templateFault } from "../resources/template-faults.ts";
import type { TemplateSettings } from "../resources/template-faults.ts";
import type { TemplateProblem } from "../view/session-view.ts";

/** What keeps a session from being made from its template; undefined when nothing does. The CRDs' own rules come before. */
export function templateProblem(
  session: VDISession,
  template: VDITemplate,
  settings: TemplateSettings,
): TemplateProblem | undefined {
  const invalid = templateFault(template, settings);
  if (invalid !== undefined)
    return { reason: "TemplateInvalid", message: `VDITemplate ${template.metadata.name}: ${invalid}` };
  const notAllowed = userFault(session, template);
  if (notAllowed !== undefined) return { reason: "NotAllowed", message: notAllowed };
  const exceeded = resourceFault(session, template) ?? homeFault(session, template);
  return exceeded === undefined ? undefined : { reason: "ResourcesExceeded", message: exceeded };
}

/** As admission judges a new session. Which groups the user is in only the API server knows, and only then. */
export function mayUse({ spec: { user, groups = [] } }: VDISession, { spec: { allowed } }: VDITemplate): boolean {
  if (!allowed) return true;
  return (allowed.users ?? []).includes(user) || groups.some((group) => allowed.groups?.includes(group));
}

function userFault(session: VDISession, template: VDITemplate): string | undefined {
  const { metadata, spec } = template;
  if (mayUse(session, template)) return undefined;
  const allowedGroups = spec.allowed?.groups ?? [];
  const hint = allowedGroups.length > 0 ? "name a group of the user's that it is for in spec.groups, " : "";
  return `VDITemplate ${metadata.name} is not for ${session.spec.user}: ${hint}ask who keeps the template, or take another`;
}

function resourceFault({ spec }: VDISession, template: VDITemplate): string | undefined {
  const {
    metadata,
    spec: { resources },
  } = template;
  for (const resource of ["gpu", "cpu", "memory"] as const) {
    const asked = spec.resources?.[resource];
    const most = resources.max?.[resource];
    if (asked === undefined) continue;
    // Objects from before the API's rules, or beside them: without an amount a container would have no limit.
    const isAmount = resource === "gpu" || isPositive(String(asked));
    if (!isAmount) return `spec.resources.${resource} is ${cutAt(String(asked), 40)}, which is no amount; correct it`;
    if (most === undefined || quantityValue(String(asked)) <= quantityValue(String(most))) continue;
    return `spec.resources.${resource} is ${asked}, and VDITemplate ${metadata.name} gives at most ${most}; ask for less`;
  }
  return sharedMemoryFault(spec, template);
}

/** /dev/shm is counted against the desktop's memory: filled, it would end the desktop. */
function sharedMemoryFault({ resources }: VDISession["spec"], template: VDITemplate): string | undefined {
  const { shmSize } = template.spec;
  const { memory } = desktopResources(template, resources);
  if (quantityValue(memory) >= quantityValue(String(shmSize))) return undefined;
  return `spec.resources.memory is ${memory}, less than the /dev/shm of VDITemplate ${template.metadata.name} (shmSize ${shmSize}), which it has to hold; ask for more`;
}

function homeFault({ spec: { persistence } }: VDISession, { metadata, spec }: VDITemplate): string | undefined {
  if (!persistence.enabled || !spec.home) return undefined;
  const { size, storageClassName: asked } = persistence;
  const { maxSize, storageClassNames } = spec.home;
  if (!isPositive(String(size)))
    return `spec.persistence.size is ${cutAt(String(size), 40)}, which is no amount; correct it`;
  if (maxSize !== undefined && quantityValue(String(size)) > quantityValue(String(maxSize)))
    return `spec.persistence.size is ${size}, and VDITemplate ${metadata.name} gives at most ${maxSize}; ask for less`;
  if (asked !== undefined && storageClassNames && !storageClassNames.includes(asked))
    return `spec.persistence.storageClassName is ${asked}, and VDITemplate ${metadata.name} gives ${listed(storageClassNames)}; take one of these, or none`;
  return undefined;
}
