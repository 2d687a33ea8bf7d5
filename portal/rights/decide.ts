import type { VDISession, VDITemplate } from "../../operator/api/objects.ts";
import type { Person } from "./person.ts";

/**
 * Whether a person may see and change a session: the rule of the policy `vdisession-user.vdi.kasm.io`, which the portal's own
 * requests pass by its verb `act-for`. Who may not is answered as if there were no such session.
 */
export function mayManage(person: Person, { spec }: Pick<VDISession, "spec">): boolean {
  return person.isAdmin || spec.user === person.user;
}

/** Whether a person may make desktops from a template: the rule of `vdisession-template.vdi.kasm.io`. */
export function mayStart(person: Pick<Person, "user" | "groups">, { spec: { allowed } }: VDITemplate): boolean {
  if (!allowed) return true;
  return (
    (allowed.users ?? []).includes(person.user) ||
    person.groups.some((group) => allowed.groups?.includes(group) === true)
  );
}

/** Of the person's groups those that a session has to name: the ones that its template is for, and no others. */
export function groupsFor(person: Pick<Person, "groups">, { spec: { allowed } }: VDITemplate): string[] {
  return person.groups.filter((group) => allowed?.groups?.includes(group) === true);
}
