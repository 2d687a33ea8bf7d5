import type { Pod } from "../../kube/kinds.ts";
import { currentInit } from "../containers/pod-progress.ts";
import type { Awaited } from "./script.ts";
import { awaitedBy } from "./script.ts";

/** An init container that runs, and waits for something else. */
export interface Wait {
  readonly pod: Pod;
  readonly container: string;
  /** `2 of 5` */
  readonly place: string;
  readonly since: string;
  readonly awaited: Awaited;
}

/** What a pod waits for in its present init container; undefined where it is at another step, or its script does not tell. */
export function waitOf(pod: Pod): Wait | undefined {
  const init = currentInit(pod);
  const since = init?.status.state?.running?.startedAt;
  if (!init || since === undefined) return undefined;
  const container = pod.spec?.initContainers?.find(({ name }) => name === init.status.name);
  const awaited = container && awaitedBy(container);
  return awaited && { pod, container: container.name, place: `${init.step} of ${init.of}`, since, awaited };
}
