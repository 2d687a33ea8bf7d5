import type { SessionView } from "../view/session-view.ts";
import type { Finding } from "./reasons.ts";

/** Its user has as many desktops as one may have, or gets them with sessions that are older. */
export function limitFinding({ session, oneTooMany, pod }: SessionView): Finding | undefined {
  if (!oneTooMany || pod) return undefined;
  return {
    reason: "TooManySessions",
    message: `${session.spec.user} may not have more desktops at once (kasm-vdi:operator.maxSessionsPerUser): session ${oneTooMany.metadata.name} goes first. Suspend or delete a session of this user, and the next one in line goes on by itself.`,
  };
}
