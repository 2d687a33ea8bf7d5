import { helmJobTrouble } from "../analyzers/traefik/helm-job.ts";
import { workloadProblem } from "../analyzers/workloads.ts";
import type { Surroundings } from "../analyzers/workloads.ts";
import type { AnyObject } from "../kube/client.ts";

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
  const trouble = failureOf(chart) || troubleText(surroundings.pods);
  if (!deployment) return `Deployment traefik does not exist${trouble}`;
  if (missing.length > 0)
    return (
      `Traefik does not have the arguments ${missing.join(" ")} yet` +
      (trouble || (chart ? `; the Job ${helmJob} brings them, and its log tells what it does` : ""))
    );
  return workloadProblem(deployment, surroundings)?.text;
}

const helmJob = "kube-system/helm-install-traefik";

function missingArguments(wanted: readonly string[], deployment: AnyObject | undefined): string[] {
  const spec = deployment?.["spec"] as { template?: { spec?: { containers?: { args?: string[] }[] } } } | undefined;
  const present = (spec?.template?.spec?.containers ?? []).flatMap(({ args = [] }) => args);
  return wanted.filter((argument) => !present.includes(argument));
}

function troubleText(pods: readonly AnyObject[]): string {
  const trouble = helmJobTrouble("traefik", pods);
  return trouble ? `; the Job ${helmJob}, which brings them, ${trouble.text}. See why: ${trouble.command}` : "";
}

function failureOf(chart: AnyObject | undefined): string {
  const status = chart?.["status"] as
    { conditions?: { type?: string; status?: string; message?: string }[] } | undefined;
  const failed = status?.conditions?.find((condition) => condition.type === "Failed" && condition.status === "True");
  return failed
    ? `; HelmChart kube-system/traefik has failed: ${failed.message ?? "see the Job kube-system/helm-install-traefik"}`
    : "";
}
