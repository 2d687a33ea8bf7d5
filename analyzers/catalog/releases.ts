import type { CodeEntry } from "../catalog.ts";

const area = "releases";
const level = "failure";

export const releases = {
  ReleasePending: {
    ...{ area, level },
    title: "Helm was interrupted in the middle of a release",
    symptom:
      "pulumi up or helm upgrade says `another operation (install/upgrade/rollback) is in progress`, or `cannot re-use a name`.",
    cause: "Helm marks a release as pending while it works on it. It was killed, and the mark stays.",
    fix: "Run npm run recover STACK (docs/recover.md); without Pulumi, helm rollback, or helm uninstall of one that was never deployed.",
    byHand: ["helm list --all-namespaces --all", "kubectl get secrets --all-namespaces -l owner=helm --show-labels"],
  },
  ReleaseFailed: {
    ...{ area, level },
    title: "Helm has failed at a release",
    symptom: "helm list shows the release as failed; its objects may be there in part.",
    cause: "An object was refused, a hook failed, or pods were not ready in time.",
    fix: "Mend what it failed at, then run pulumi up again. pulumi refresh forgets the failure: look at helm status too.",
    byHand: ["helm status RELEASE --namespace NAMESPACE", "helm history RELEASE --namespace NAMESPACE"],
  },
  HelmChartFailed: {
    ...{ area, level },
    title: "K3s cannot install a chart",
    symptom: "A component that K3s brings (Traefik for example) is missing or old; the pod helm-install-... fails.",
    cause:
      "K3s runs Helm in a Job for each HelmChart. The Job fails: wrong values in a HelmChartConfig, a chart that cannot be fetched, or objects in its way.",
    fix: "Read the Job's log, correct the HelmChart or HelmChartConfig; K3s tries again.",
    byHand: [
      "kubectl get helmcharts,jobs --namespace kube-system",
      "kubectl logs job/helm-install-NAME --namespace kube-system",
    ],
  },
} satisfies Record<string, CodeEntry>;
