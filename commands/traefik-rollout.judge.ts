import type { AnyObject } from "../kube/client.ts";

/**
 * Why Traefik does not serve with the arguments yet; undefined when it does.
 *
 * @param deployment Deployment `traefik`
 * @param chart HelmChart kube-system/traefik where K3s's Helm controller installs it, else absent
 */
export function awaitedOfTraefik(
  wanted: readonly string[],
  deployment: AnyObject | undefined,
  chart: AnyObject | undefined,
): string | undefined {
  const missing = missingArguments(wanted, deployment);
  const failure = failureOf(chart);
  if (!deployment) return `Deployment traefik does not exist${failure}`;
  if (missing.length > 0)
    return (
      `Traefik does not have the arguments ${missing.join(" ")} yet` +
      (failure ||
        (chart ? `; the Job kube-system/helm-install-traefik brings them, and its log tells what it does` : ""))
    );
  const { generation } = deployment.metadata ?? {};
  const { replicas = 1 } = deployment["spec"] as { replicas?: number };
  const status = (deployment["status"] ?? {}) as DeploymentStatus;
  const { observedGeneration = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
  if (observedGeneration < (generation ?? 0)) return "the rollout of Deployment traefik has not begun";
  if (updatedReplicas < replicas || availableReplicas < replicas || (status.replicas ?? 0) > replicas)
    return `Deployment traefik has ${updatedReplicas} new pods of ${replicas}, ${availableReplicas} of its pods are available`;
  return undefined;
}

interface DeploymentStatus {
  observedGeneration?: number;
  replicas?: number;
  updatedReplicas?: number;
  availableReplicas?: number;
}

function missingArguments(wanted: readonly string[], deployment: AnyObject | undefined): string[] {
  const spec = deployment?.["spec"] as { template?: { spec?: { containers?: { args?: string[] }[] } } } | undefined;
  const present = (spec?.template?.spec?.containers ?? []).flatMap(({ args = [] }) => args);
  return wanted.filter((argument) => !present.includes(argument));
}

function failureOf(chart: AnyObject | undefined): string {
  const status = chart?.["status"] as
    { conditions?: { type?: string; status?: string; message?: string }[] } | undefined;
  const failed = status?.conditions?.find((condition) => condition.type === "Failed" && condition.status === "True");
  return failed
    ? `; HelmChart kube-system/traefik has failed: ${failed.message ?? "see the Job kube-system/helm-install-traefik"}`
    : "";
}
