import type { ContainerStatus, Pod } from "../../kube/kinds.ts";
import { counted } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import type { Cluster } from "../cluster.ts";
import { refOf } from "../finding.ts";
import type { Finding, Fix } from "../finding.ts";
import { changeOf } from "../workloads/controllers.ts";
import { pullVerdict, registryOf } from "./images.ts";
import type { PullVerdict } from "./images.ts";
import { missingPullSecrets, withPullSecrets } from "./pull-secrets.ts";
import { quotedPull } from "./pull-words.ts";
import { imageSetting, ownerOf } from "../workloads/owners.ts";

/** Images of pods' containers, init containers among them. */
export const imagePulls: Analyzer = {
  area: "images",
  title: "Images can be pulled",
  needs: ["Pod"],
  analyze(cluster) {
    const pods = cluster.pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    const findings = pods.flatMap((pod) => statusesOf(pod).flatMap((it) => pullFinding(cluster, pod, it) ?? []));
    return { checked: pods.length > 0 ? counted(pods.length, "pod") : undefined, findings };
  },
};

function statusesOf({ status }: Pod): ContainerStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}

function pullFinding(cluster: Cluster, pod: Pod, status: ContainerStatus): Finding | undefined {
  const said = cluster
    .eventsOf({ ...pod, kind: "Pod" })
    .filter(({ reason, message }) => reason === "Failed" && message.includes(status.image ?? ""));
  const verdict = pullVerdict(
    status,
    said.map(({ message }) => message),
    imageSetting(cluster, pod),
  );
  if (!verdict) return undefined;
  const object = refOf({ ...pod, kind: "Pod" });
  const { reason = "", message } = status.state?.waiting ?? {};
  const finding: Finding = {
    code: verdict.code,
    object,
    container: status.name,
    problem: verdict.problem,
    evidence: [
      {
        object,
        field: `container ${status.name} waiting`,
        value: [reason, quotedPull(message ?? "")].filter(Boolean).join(": "),
      },
      ...said.slice(-1).map(({ message }) => ({ object, field: "event Failed", value: quotedPull(message) })),
    ],
    fix: [fixFor(cluster, pod, status.name, verdict)],
  };
  if (verdict.code !== "ImageNotAuthorized") return finding;
  return withPullSecrets(finding, missingPullSecrets(cluster, pod), registryOf(status.image ?? ""));
}

/** Where the name of the image itself is wrong: how it is changed. */
function fixFor(cluster: Cluster, pod: Pod, container: string, { code, remedy: text }: PullVerdict): Fix {
  const risk = "manual";
  if (code !== "ImageNotFound" && code !== "ImageNameInvalid") return { text, risk };
  const template = pod.metadata.annotations?.["vdi.kasm.io/template-name"];
  if (template !== undefined) return { text, command: `kubectl edit vditemplate ${template}`, risk };
  const owner = ownerOf(cluster, pod);
  if (!owner || !/^(?:Deployment|StatefulSet|DaemonSet)$/.test(owner.kind)) return { text, risk };
  const object = `${owner.kind.toLowerCase()}/${owner.name} --namespace ${owner.namespace ?? ""}`;
  return changeOf(cluster, owner, { text, command: `kubectl set image ${object} ${container}=IMAGE`, risk });
}
