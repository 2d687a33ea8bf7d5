import { setupVerdicts } from "../../analyzers/containers/pod-setup.ts";
import type { SessionView } from "../view/session-view.ts";
import type { Finding } from "./reasons.ts";
import { fromVerdict, saidIn } from "./verdict.ts";

/** What the kubelet fails at before it can start any container: volumes, then the sandbox. */
export function setupFindings({ pod, events }: SessionView): Finding[] {
  return pod ? setupVerdicts(pod, saidIn(events)).map(fromVerdict) : [];
}
