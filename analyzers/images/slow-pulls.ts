import type { Pod } from "../../kube/kinds.ts";
import { counted, quoted } from "../../kube/sentences.ts";
import { untrusted } from "../../kube/untrusted-text.ts";
import type { Analyzer } from "../analyzer.ts";
import { onNode } from "../containers/pod-dependencies.ts";
import { livePods, podRef } from "../containers/pod-facts.ts";
import { pullOf, pullSeconds } from "../containers/pod-progress.ts";
import type { Finding } from "../finding.ts";
import type { Said } from "../verdict.ts";
import { pullVerdict, registryOf } from "./images.ts";

/** Images whose pull neither ends nor fails: the pod's status says ContainerCreating, and nothing but an event tells more. */
export const slowPulls: Analyzer = {
  area: "images",
  title: "Pulls of images end in time",
  needs: ["Pod", "Event"],
  analyze(cluster) {
    const pulls = livePods(cluster)
      .filter(awaitsImage)
      .flatMap((pod) => {
        const pull = pullOf(cluster, pod);
        return pull ? [{ pod, pull }] : [];
      });
    const slow = pulls.filter(({ pull }) => pull.time > 0 && cluster.now - pull.time > pullSeconds * 1_000);
    return {
      checked: pulls.length > 0 ? counted(pulls.length, "pull") : undefined,
      findings: slow.map(({ pod, pull }) => findingOf(pod, pull)),
    };
  },
};

/** Whether a container waits, and none has failed at its image: that is told by a finding of its own. */
function awaitsImage({ status }: Pod): boolean {
  const all = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const isWaiting = all.some(({ state }) => beforeStart.has(state?.waiting?.reason ?? ""));
  return isWaiting && all.every((it) => pullVerdict(it, [], "") === undefined);
}

const beforeStart = new Set(["ContainerCreating", "PodInitializing"]);

function findingOf(pod: Pod, pull: Said): Finding {
  const [, image = ""] = /^Pulling image "(.*)"/.exec(untrusted(pull.message)) ?? [];
  const since = new Date(pull.time).toISOString().replace(".000Z", "Z");
  const node = pod.spec?.nodeName ?? "its node";
  const object = podRef(pod);
  return {
    code: "ImagePullSlow",
    object,
    ...(pull.container !== undefined && { container: pull.container }),
    problem: `The pull of image ${image} to ${node} began at ${since}, and has neither ended nor failed.`,
    evidence: [{ object, field: "event Pulling", value: `${since}: ${quoted(pull.message)}` }],
    fix: [
      {
        text: `Pull it by hand on ${node}, to see whether it goes on: ${registryOf(image)} or the way there may be slow, and other pulls of the node may come first. A mirror near the nodes (registry.mirror) is quicker.`,
        command: `k3s crictl pull ${image}`,
        risk: "manual",
      },
    ],
    dependsOn: onNode(pod),
  };
}
