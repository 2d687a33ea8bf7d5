import { quantityValue } from "../../kube/quantity.ts";
import { listed } from "../../kube/sentences.ts";
import { cutAt } from "../../kube/untrusted-text.ts";
import type { VDISession, VDITemplate } from "../api/objects.ts";
import { reservedVariables, runtimeProfile } from "../resources/runtime-profiles.ts";
import type { Settings } from "../settings.ts";
import type { TemplateProblem } from "./view.ts";

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

export type TemplateSettings = Pick<Settings, "turn" | "extraMiddlewares">;

/** What no session could be made with. */
export function templateFault({ spec }: VDITemplate, { turn, extraMiddlewares }: TemplateSettings): string | undefined {
  const reserved = reservedVariables(spec);
  const taken = spec.env?.find(({ name }) => reserved.has(name));
  if (taken) return `env ${taken.name} belongs to the operator; remove it`;
  // Nobody would take the site's cookie, which opens every desktop of its user, out of such a desktop's requests.
  if (spec.access === "Password" && extraMiddlewares.length > 0)
    return "access: Password would give the desktop the cookies of the site's sign-in; set access: ForwardAuth";
  if (spec.stream === "WebSocket") return undefined;
  if (runtimeProfile(spec).rtcConfigVariable === undefined)
    return `stream WebRTC needs a selkies runtime, and runtime.type is ${spec.runtime.type}; set stream: WebSocket`;
  if (turn === undefined)
    return "stream WebRTC needs a TURN server, and this platform has none; set kasm-vdi:turn.enabled, or stream: WebSocket";
  return undefined;
}

/** As admission judges a new session. Which groups the user is in only the API server knows, and only then. */
function userFault({ spec: { user, groups = [] } }: VDISession, { metadata, spec }: VDITemplate): string | undefined {
  if (!spec.allowed) return undefined;
  const { users = [], groups: allowedGroups = [] } = spec.allowed;
  if (users.includes(user) || groups.some((group) => allowedGroups.includes(group))) return undefined;
  const hint = allowedGroups.length > 0 ? "name a group of the user's that it is for in spec.groups, " : "";
  return `VDITemplate ${metadata.name} is not for ${user}: ${hint}ask who keeps the template, or take another`;
}

function resourceFault({ spec }: VDISession, { metadata, spec: { resources } }: VDITemplate): string | undefined {
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
  return undefined;
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

function isPositive(quantity: string): boolean {
  try {
    return quantityValue(quantity) > 0;
  } catch {
    return false;
  }
}
