import type { Pod } from "../../kube/kinds.ts";
import { listed } from "../../kube/sentences.ts";
import type { Cluster } from "../cluster.ts";
import { refText } from "../finding.ts";
import type { Finding, ObjectRef } from "../finding.ts";

/** Secrets that a pod is to pull with and that are known not to exist: the kubelet pulls without, and says so in an event alone. */
export function missingPullSecrets(cluster: Cluster, { metadata, spec }: Pod): ObjectRef[] {
  const { namespace = "" } = metadata;
  return (spec?.imagePullSecrets ?? [])
    .filter(({ name = "" }) => name !== "" && cluster.isMissing("Secret", name, namespace))
    .map(({ name = "" }) => ({ kind: "Secret", namespace, name }));
}

/** A pull that the registry refused, with the Secrets that would have let it. */
export function withPullSecrets(finding: Finding, missing: readonly ObjectRef[], registry: string): Finding {
  if (missing.length === 0) return finding;
  const names = missing.map(({ name }) => name);
  return {
    ...finding,
    problem: `${finding.problem} ${listed(missing.map(refText))}, which the pod is to pull with, ${missing.length === 1 ? "does" : "do"} not exist.`,
    evidence: [
      ...finding.evidence,
      { object: finding.object, field: "spec.imagePullSecrets", value: `${listed(names)}: not there` },
    ],
    fix: missing.map(({ name, namespace = "" }) => ({
      text: `Make Secret ${name} in ${namespace} from a config.json that \`docker login ${registry}\` has written.`,
      command: `kubectl create secret docker-registry ${name} --namespace ${namespace} --from-file=.dockerconfigjson=config.json`,
      risk: "manual",
    })),
  };
}
