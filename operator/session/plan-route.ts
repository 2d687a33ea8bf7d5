import type { AnyObject } from "../../kube/object.ts";
import type { Child } from "../kinds.ts";
import { fingerprint } from "../resources/fingerprint.ts";
import { desktopNetworkPolicy } from "../resources/network-policy.ts";
import { desktopRoute } from "../resources/route.ts";
import { desktopService } from "../resources/service.ts";
import type { Settings } from "../settings.ts";
import type { SessionView } from "./view.ts";
import type { Write } from "./write.ts";

/** The way to the desktop: Service, IngressRoute, NetworkPolicy. They stay while the session does, suspended or not. */
export function planRoute(view: SessionView, settings: Settings): Write[] {
  const { session, template, templateProblem } = view;
  // A template that went, or went wrong, takes nothing from the desktops that run.
  if (!template || templateProblem) return [];
  return [
    ...repair(desktopService(session), view.service),
    ...repair(desktopRoute(session, template, settings), view.route),
    ...repair(desktopNetworkPolicy(session, template, settings), view.networkPolicy),
  ];
}

function repair(wanted: AnyObject, found: Child | undefined): Write[] {
  // It is made anew once it is gone: its deletion comes through the watch.
  if (found?.metadata.deletionTimestamp !== undefined) return [];
  return found?.fingerprint === fingerprint(wanted) ? [] : [{ do: "apply", object: wanted }];
}
