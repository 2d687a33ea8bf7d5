import { workloadProblem } from "../../analyzers/workloads/workloads.ts";
import type { Surroundings } from "../../analyzers/workloads/workloads.ts";
import type { AnyObject } from "../../kube/client.ts";

/**
 * Why Traefik does not serve with the arguments yet; undefined when it does.
 *
 * @param deployment Deployment `traefik`
 * @param chart HelmChart kube-system/traefik where K3s's Helm controller installs it, else absent
 * @param surroundings of its namespace: the pods of that HelmChart's Job among them
 */
export function awaitedOfTraefik(
  wanted: readonly string[],
  deployment: AnyObject | undefined,
  chart: AnyObject | undefined,
  surroundings: Surroundings,
): string | undefined {
  const missing = missingArguments(wanted, deployment);
  const trouble = failureOf(chart) || surroundings.pods.filter(isOfHelmJob).map(troubleOf).find(Boolean) || "";
  if (!deployment) return `Deployment traefik does not exist${trouble}`;
  if (missing.length > 0)
    return (
      `Traefik does not have the arguments ${missing.join(" ")} yet` +
      (trouble || (chart ? `; the Job ${helmJob} brings them, and its log tells what it does` : ""))
    );
  return workloadProblem(deployment, surroundings)?.text;
}

function missingArguments(wanted: readonly string[], deployment: AnyObject | undefined): string[] {
  const spec = deployment?.["spec"] as { template?: { spec?: { containers?: { args?: string[] }[] } } } | undefined;
  const present = (spec?.template?.spec?.containers ?? []).flatMap(({ args = [] }) => args);
  return wanted.filter((argument) => !present.includes(argument));
}

const helmJob = "kube-system/helm-install-traefik";

interface ContainerStatus {
  restartCount?: number;
  state?: { waiting?: { reason?: string } };
  lastState?: { terminated?: { exitCode?: number } };
}

/**
 * What keeps the Helm job's pod from its end. Its HelmChart does not tell: K3s lets the Job retry a thousand times before it
 * calls it failed, if at all (k3s-io/helm-controller: pkg/controllers/chart).
 */
function troubleOf({ status }: AnyObject): string {
  const { containerStatuses = [] } = (status ?? {}) as { containerStatuses?: ContainerStatus[] };
  for (const { restartCount = 0, state, lastState } of containerStatuses) {
    const exitCode = lastState?.terminated?.exitCode ?? 0;
    const reason = state?.waiting?.reason;
    if (exitCode !== 0)
      return (
        `; the Job ${helmJob}, which brings them, fails (exit code ${exitCode}, ${restartCount} restarts). ` +
        `See why: kubectl logs --namespace kube-system job/helm-install-traefik`
      );
    if (reason !== undefined)
      return (
        `; the Job ${helmJob}, which brings them, waits (${reason}). ` +
        `See why: kubectl describe pod --namespace kube-system --selector ${helmChartLabel}=traefik`
      );
  }
  return "";
}

/** K3s's Helm controller sets it on the pods of a HelmChart's Job. */
const helmChartLabel = "helmcharts.helm.cattle.io/chart";

function isOfHelmJob({ metadata }: AnyObject): boolean {
  return metadata?.labels?.[helmChartLabel] === "traefik";
}

function failureOf(chart: AnyObject | undefined): string {
  const status = chart?.["status"] as
    { conditions?: { type?: string; status?: string; message?: string }[] } | undefined;
  const failed = status?.conditions?.find((condition) => condition.type === "Failed" && condition.status === "True");
  return failed
    ? `; HelmChart kube-system/traefik has failed: ${failed.message ?? "see the Job kube-system/helm-install-traefik"}`
    : "";
}
