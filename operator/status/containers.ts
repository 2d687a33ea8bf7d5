import { moreTimeFor } from "../../analyzers/workloads/owners.ts";
import { containerVerdict, initVerdict, openContainers } from "../../analyzers/containers/containers.ts";
import type { ContainerFacts } from "../../analyzers/containers/containers.ts";
import { endOf } from "../../analyzers/containers/containers.ts";
import { logsCommand } from "../../analyzers/containers/logs.ts";
import { volumeVerdict } from "../../analyzers/storage/permissions.ts";
import { untrusted } from "../../kube/untrusted-text.ts";
import type { ContainerStatus } from "../kinds.ts";
import type { SessionView } from "../view/session-view.ts";
import { startupProbe } from "../resources/probes.ts";
import { imageFinding } from "./images.ts";
import { publicWords, wasUsed } from "./termination-message.ts";
import type { EvaluationTime } from "./evaluation-time.ts";
import type { Finding } from "./reasons.ts";
import { desktopRequest } from "./request.ts";
import { homeMount } from "./storage.ts";
import { fromVerdict, saidIn } from "./verdict.ts";

/** An init container that works so long is looked at by people. */
const initMs = 60_000;

/** What is wrong with the pod's containers, one after the other: an init container that does not end keeps all others waiting. */
export function containerFindings(view: SessionView, evaluation: EvaluationTime): (Finding | undefined)[] {
  if (!view.pod) return [];
  return openContainers(view.pod).map(({ status, isInit, step }) => {
    const facts = factsOf(view, status, isInit);
    return (
      imageFinding(view, status) ?? volumeFinding(view, status) ?? ended(facts) ?? initStuck(facts, step, evaluation)
    );
  });
}

/** What is known of one of the desktop's containers, as far as everybody who reads the status may know it. */
export function factsOf(view: SessionView, status: ContainerStatus, isInit: boolean): ContainerFacts {
  const { memory } = desktopRequest(view);
  return {
    status,
    role: {
      text: `${isInit ? "Init container" : "Container"} ${status.name}`,
      where: imageSetting(view),
      node: view.pod?.spec?.nodeName,
      moreTime: moreTimeFor(view.session.spec.template),
    },
    ...(!isInit && view.template && { spec: { name: status.name, startupProbe: startupProbe(view.template.spec) } }),
    events: saidIn(view.events),
    logs: logsCommand(view.pod ?? {}, status.name),
    ...(memory !== undefined && { memoryLimit: memory }),
    publicWords: (words) => publicWords(view, words),
    isPrivate: wasUsed(view),
  };
}

export function imageSetting({ session }: SessionView): string {
  return `spec.image of VDITemplate ${session.spec.template}`;
}

function ended(facts: ContainerFacts): Finding | undefined {
  const verdict = containerVerdict(facts);
  return verdict && fromVerdict(verdict);
}

function volumeFinding(view: SessionView, status: ContainerStatus): Finding | undefined {
  const mount = homeMount(view);
  const words = untrusted(endOf(status)?.message ?? "");
  const verdict = mount && volumeVerdict(words, mount);
  return verdict && fromVerdict(verdict);
}

function initStuck(facts: ContainerFacts, step: string, evaluation: EvaluationTime): Finding | undefined {
  const { running } = facts.status.state ?? {};
  if (step === "" || !running || !evaluation.isLaterThan(running.startedAt, initMs)) return undefined;
  const { command = "", ...verdict } = initVerdict(facts, step);
  return fromVerdict({ ...verdict, remedy: `See in its log what it waits for: \`${command}\`.` });
}
