import type { CodeEntry } from "../catalog.ts";

const area = "kasm";
const level = "failure";

export const kasm = {
  InitContainerWaiting: {
    ...{ area, level },
    title: "Init container waits for something that does not come",
    symptom: "The pod stays at Init:1/5 (or another number), without restarts and without events.",
    cause:
      "Kasm's init containers ask in a loop, without a limit, whether another part answers. They never fail: what is wrong is at the part that they ask, or on the way to it.",
    fix: "Mend what it waits for; the pod goes on by itself.",
    byHand: [
      "kubectl get pod POD --namespace NAMESPACE -o jsonpath='{.spec.initContainers[*].name}'",
      "kubectl logs POD --namespace NAMESPACE --container INIT_CONTAINER",
      "kubectl get endpointslices --namespace NAMESPACE -l kubernetes.io/service-name=SERVICE",
    ],
  },
  ServiceMissing: {
    ...{ area, level },
    title: "Service that a pod waits for does not exist",
    symptom: "An init container waits for ever; its log says that the host cannot be resolved.",
    cause:
      "Nobody has made a Service of that name in that namespace: the release is not complete, has another name, or was installed into another namespace.",
    fix: "Install the release again under the name and in the namespace that the pod expects.",
    byHand: ["kubectl get services --namespace NAMESPACE", "helm list --all-namespaces --all"],
  },
  ServicePortMissing: {
    ...{ area, level },
    title: "Service does not have the port that a pod asks for",
    symptom: "An init container waits for ever although the pods behind the Service are ready.",
    cause: "A Service forwards only the ports in spec.ports; a connection to any other port is refused or times out.",
    fix: "Add the port to the Service, or correct the address that the pod asks for.",
    byHand: ["kubectl get service SERVICE --namespace NAMESPACE -o jsonpath='{.spec.ports}'"],
  },
  WorkloadScaledToZero: {
    ...{ area, level },
    title: "Workload that others wait for is scaled to zero",
    symptom: "There are no pods of it at all, and others wait for its Service.",
    cause:
      "spec.replicas is 0: somebody scaled it down, or an autoscaler or a backup did and did not scale it up again.",
    fix: "Scale it up.",
    byHand: ["kubectl get deployments,statefulsets --namespace NAMESPACE"],
  },
  TrafficDenied: {
    ...{ area, level },
    title: "NetworkPolicy closes the way between two pods",
    symptom: "An init container waits for ever although the Service that it asks has ready endpoints.",
    cause: "A NetworkPolicy selects one of the two pods, and none opens this port between them.",
    fix: "Add a policy that opens the way; policies only add up.",
    byHand: ["kubectl describe networkpolicies --namespace NAMESPACE"],
  },
  DatabaseNotInitialized: {
    ...{ area, level },
    title: "Job that fills Kasm's database has not completed",
    symptom: "The API and the manager wait in db-is-ready, and everything behind them too.",
    cause:
      "The API starts only when the database has the schema of its version, which the Job db-init (or db-upgrade) brings about.",
    fix: "Look at the Job's pod. A failed Job is not run again by itself: delete it and let the release make it again.",
    byHand: [
      "kubectl describe job kasm-db-init --namespace NAMESPACE",
      "kubectl logs job/kasm-db-init --namespace NAMESPACE",
    ],
  },
  DatabasePasswordRejected: {
    ...{ area, level },
    title: "Database does not take the password in Kasm's Secret",
    symptom: 'db-init, API or manager fail with `password authentication failed for user "kasmapp"`.',
    cause:
      "Postgres keeps the password of the first start in its volume. The Secret was made again later, with another password, over the claim of an earlier installation.",
    fix: "Put the earlier password back into the Secret, or set the Secret's password in the database. Deleting the claim deletes all data of Kasm.",
    byHand: [
      "kubectl get secret kasm-secrets --namespace NAMESPACE -o jsonpath='{.metadata.creationTimestamp}'",
      "kubectl get pvc --namespace NAMESPACE",
    ],
  },
  DatabaseSchemaBehind: {
    ...{ area, level },
    title: "Database does not have the schema of this Kasm version",
    symptom:
      "The API and the manager wait in db-is-ready although the database is ready and no Job is left to wait for.",
    cause:
      "The chart was upgraded to a newer Kasm without dbManagement.upgrade.enable, or the Job was skipped, so nothing has migrated the database.",
    fix: "Run the upgrade with dbManagement.upgrade.enable: true and initialize: false (docs/components/kasm-workspaces.md).",
    byHand: ["kubectl get jobs --namespace NAMESPACE", "helm get values kasm --namespace NAMESPACE"],
  },
  GatewayWaitCircular: {
    ...{ area, level },
    title: "Proxy and gateway wait for each other",
    symptom: "The proxy waits for guac or the RDP gateway, and that one waits for the API through the proxy.",
    cause: "Charts before kasm-helm 1.1190.1 have the proxy wait for gateways that reach the API through the proxy.",
    fix: "Upgrade to chart 1.1190.1 or newer, in which the proxy waits for API and manager alone.",
    byHand: ["helm list --namespace NAMESPACE", "kubectl get pods --namespace NAMESPACE"],
  },
  KasmVersionsMixed: {
    ...{ area, level: "warning" },
    title: "Parts of Kasm have different versions",
    symptom: "Sign-in or sessions fail although all pods run.",
    cause:
      "Image tags were set part by part (components.*.image.tag), or an upgrade stopped in its middle. Kasm supports one version throughout.",
    fix: "Set useImageTags to one version, and no tag of a single component.",
    byHand: ["kubectl get pods --namespace NAMESPACE -o jsonpath='{.items[*].spec.containers[*].image}'"],
  },
  KasmImageTagMoving: {
    ...{ area, level: "warning" },
    title: "Kasm's images have a tag that moves",
    symptom: "A restarted pod has another version than the one beside it.",
    cause: "kasm-helm before 1.1190.4 uses the tag `develop`, which is pushed again and again; so is `latest`.",
    fix: "Set useImageTags to a release, such as 1.19.0.",
    byHand: ["helm get values kasm --namespace NAMESPACE --all"],
  },
  SeveralDatabases: {
    ...{ area, level: "warning" },
    title: "Kasm's database is there in two versions",
    symptom: "After an upgrade, users, workspaces and settings seem to be gone.",
    cause:
      "The chart names the database's claim after the Kasm version. Upgraded with initialize: true, a new and empty database took the place of the old one, whose volume is still there.",
    fix: "Go back to the old version, or run the chart's upgrade, which copies the data. Delete the old claim only when the new database holds everything.",
    byHand: ["kubectl get statefulsets,pvc --namespace NAMESPACE"],
  },
  RootContainersRefused: {
    ...{ area, level },
    title: "Namespace's Pod Security level refuses containers that run as root",
    symptom: 'A Deployment of Kasm has no pods; its ReplicaSet says `violates PodSecurity "restricted:latest"`.',
    cause: "Older charts have init containers that run as root (data-perms), which the level `restricted` forbids.",
    fix: "Use chart 1.1190.1 or newer, whose pods meet `restricted`, or relax the namespace's level to baseline.",
    byHand: ["kubectl get namespace NAMESPACE --show-labels", "kubectl describe replicaset --namespace NAMESPACE"],
  },
  KasmAgentsMissing: {
    ...{ area, level: "warning" },
    title: "Kasm has no agent to run sessions on",
    symptom: "Sessions end with `No resources are available`.",
    cause:
      "The chart brings the core services only. Sessions of Kasm itself run on agents, which are installed elsewhere and enabled by hand.",
    fix: "Add an agent and enable it, see docs/components/kasm-agents.md. Desktops of VDISessions need none.",
    byHand: ["kubectl logs deployment/kasm-manager-default --namespace NAMESPACE"],
  },
} satisfies Record<string, CodeEntry>;
