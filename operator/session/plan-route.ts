import type { AnyObject } from "../../kube/object.ts";
import type { Child } from "../kinds.ts";
import { fingerprint } from "../resources/fingerprint.ts";
import { desktopNetworkPolicy } from "../resources/network-policy.ts";
import { desktopRoute } from "../resources/route.ts";
import { desktopService } from "../resources/service.ts";
import type { Settings } from "../settings.ts";
import type { SessionView } from "../view/session-view.ts";
import type { Batch, Write } from "./write.ts";

/**
 * The way to the desktop, Service and IngressRoute, and the NetworkPolicy that has to be there before it. They stay while
 * the session does, suspended or not.
 */
export function planRoute(view: SessionView, settings: Settings): { fence: Batch; way: Batch } {
  const { session, template, templateProblem } = view;
  const repair = (wanted: AnyObject, found: Child | undefined) => repairOf(wanted, found, view);
  // A template that went, or went wrong, takes nothing from the desktops that run.
  if (!template || templateProblem) return { fence: [], way: [] };
  return {
    fence: repair(desktopNetworkPolicy(session, template, settings), view.networkPolicy),
    way: [
      ...repair(desktopService(session), view.service),
      ...repair(desktopRoute(session, template, settings), view.route),
    ],
  };
}

function repairOf(wanted: AnyObject, found: Child | undefined, { isAdmitted }: SessionView): Write[] {
  // It is made anew once it is gone: its deletion comes through the watch.
  if (found?.metadata.deletionTimestamp !== undefined) return [];
  const said = fingerprint(wanted);
  const isRight = found && (found.fingerprint === said || isAdmitted(said, found.fingerprint));
  return isRight ? [] : [{ do: "apply", object: wanted, isNew: !found }];
}
