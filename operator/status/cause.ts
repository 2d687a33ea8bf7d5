import type { Settings } from "../settings.ts";
import type { SessionView } from "../view/session-view.ts";
import { containerFindings } from "./containers.ts";
import { pullingFinding } from "./images.ts";
import { lifecycleFinding, revocationFinding } from "./lifecycle.ts";
import { limitFinding } from "./limit.ts";
import type { EvaluationTime } from "./evaluation-time.ts";
import { setupFindings } from "./node-setup.ts";
import { nodeFinding, podEndFinding } from "./pod-end.ts";
import { isReachable, reachabilityFindings } from "./reachability.ts";
import { hostOf } from "../resources/names.ts";
import { mostImportant } from "./reasons.ts";
import type { Finding } from "./reasons.ts";
import { refusalFindings } from "./refusals.ts";
import { isSettling, schedulingFinding } from "./scheduling.ts";
import { homeFinding, rivalFinding } from "./storage.ts";
import { templateFinding } from "./template.ts";
import { stuckFinding } from "./termination.ts";

/** What the state of the session follows from: Ready's reason and sentence. */
export function causeOf(
  view: SessionView,
  settings: Pick<Settings, "domain" | "streamCheck" | "traefikUrl">,
  evaluation: EvaluationTime,
): Finding {
  const meant = lifecycleFinding(view, evaluation);
  if (meant) return mostImportant([meant, ...refusalFindings(view).filter(endsAll)]) ?? meant;
  const rival = rivalFinding(view);
  if (rival) return rival;
  const lost = nodeFinding(view);
  const refused = refusalFindings(view);
  // What is refused then is the NetworkPolicy: a desktop that nothing guards is not ready.
  if (!lost && refused.length === 0 && isReachable(view, settings))
    return {
      reason: "Ready",
      message: `The desktop can be used at https://${hostOf(view.session, settings.domain)}.`,
    };
  const scheduling = isSettling(view, evaluation) ? undefined : schedulingFinding(view);
  const home = homeFinding(view, evaluation);
  // What is wrong with a pod that goes is over: its containers end, and nobody is to reach it.
  const isEnding = view.pod?.metadata.deletionTimestamp !== undefined;
  const found = mostImportant([
    lost,
    templateFinding(view, evaluation),
    revocationFinding(view, evaluation),
    limitFinding(view, evaluation),
    ...refused,
    scheduling,
    home?.reason === "HomeProvisioning" && scheduling?.reason !== "Scheduling" ? undefined : home,
    podEndFinding(view),
    stuckFinding(view, evaluation),
    ...(isEnding
      ? []
      : [
          ...setupFindings(view),
          ...containerFindings(view, evaluation),
          ...reachabilityFindings(view, settings, evaluation),
        ]),
  ]);
  return found ?? progress(view);
}

function endsAll({ reason }: Finding): boolean {
  return reason === "NamespaceTerminating";
}

function progress(view: SessionView): Finding {
  const node = view.pod?.spec?.nodeName;
  if (node === undefined) return { reason: "Creating", message: "The desktop is being made." };
  return pullingFinding(view) ?? { reason: "Starting", message: `The desktop is being started on ${node}.` };
}
