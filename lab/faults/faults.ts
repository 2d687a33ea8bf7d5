import { changedObject } from "./changed-object.ts";
import { together } from "./fault.ts";
import type { Fault } from "./fault.ts";
import { madeObjects } from "./made-objects.ts";
import { stoppedOperatorProcess } from "./operator-process.ts";
import { withoutCreatingPods } from "./rights.ts";
import { faultySession } from "./sessions.ts";
import { claim, deployment, stoppedDeployment } from "./workloads.ts";

/** Failures that `npm run lab break NAME` provokes. Objects that a fault makes are named `lab-NAME`. */
export const faults: Readonly<Record<string, Fault>> = {
  "image-missing": together(
    "a Deployment beside Kasm whose image is not in its registry",
    madeObjects(({ namespaces }) => [
      deployment(namespaces.kasm, "lab-image-missing", { image: "registry.example.com/kasm/fault-image-pull:1.19" }),
    ]),
  ),
  "secret-missing": together(
    "a Deployment beside Kasm that takes a variable from a Secret that does not exist",
    madeObjects(({ namespaces }) => [
      deployment(namespaces.kasm, "lab-secret-missing", {
        fault: "config-error",
        env: [{ name: "PASSWORD", valueFrom: { secretKeyRef: { name: "lab-no-such-secret", key: "password" } } }],
      }),
    ]),
  ),
  "class-missing": together(
    "a volume claim of a StorageClass that does not exist, and a pod that waits for it",
    madeObjects(({ namespaces }) => [
      claim(namespaces.kasm, "lab-class-missing", "fast-ssd"),
      deployment(namespaces.kasm, "lab-class-missing", { claim: "lab-class-missing" }),
    ]),
  ),
  "provisioner-down": together(
    "local-path-provisioner does not run, and a new claim waits for it",
    stoppedDeployment("kube-system", "local-path-provisioner"),
    madeObjects(({ namespaces }) => [
      claim(namespaces.kasm, "lab-provisioner-down", "local-path"),
      deployment(namespaces.kasm, "lab-provisioner-down", { claim: "lab-provisioner-down" }),
    ]),
  ),
  "coredns-down": together("CoreDNS does not run, so no name resolves", stoppedDeployment("kube-system", "coredns")),
  "time-slicing-off": together(
    "the ClusterPolicy refers to no time-slicing ConfigMap, so each GPU counts once",
    changedObject(
      () => ({ apiVersion: "nvidia.com/v1", kind: "ClusterPolicy", metadata: { name: "cluster-policy" } }),
      () => ({ spec: { devicePlugin: { config: { name: "", default: "" } } } }),
    ),
  ),
  "operator-down": together(
    "the VDI operator does not run, and a new session waits for it",
    {
      breaks: (ground) => stoppedDeployment(ground.namespaces.operator, "kasm-operator").breaks(ground),
      mends: (ground) => stoppedDeployment(ground.namespaces.operator, "kasm-operator").mends(ground),
    },
    stoppedOperatorProcess,
    sessionThatWaits("lab-operator-down"),
  ),
  "rbac-missing": together(
    "the VDI operator may not create pods any more, and a new session waits for one",
    withoutCreatingPods,
    sessionThatWaits("lab-rbac-missing"),
  ),
  "template-invalid": together(
    "a VDITemplate that tells its image another port than the stream is asked on, and a session of it",
    madeObjects((ground) => [
      {
        apiVersion: "vdi.kasm.io/v1alpha1",
        kind: "VDITemplate",
        metadata: { name: "lab-template-invalid" },
        spec: {
          image: "registry.example.com/lab/desk:1",
          runtime: { type: "selkies-v2" },
          env: [{ name: "SELKIES_PORT", value: "9999" }],
        },
      },
      faultySession(ground, "lab-template-invalid", "lab-template-invalid"),
    ]),
  ),
  "route-host": together(
    "an IngressRoute whose host is written as Traefik 2 wanted it: Traefik 3 answers 404",
    madeObjects(({ namespaces }) => [
      {
        apiVersion: "traefik.io/v1alpha1",
        kind: "IngressRoute",
        metadata: { namespace: namespaces.kasm, name: "lab-route-host" },
        spec: {
          entryPoints: ["websecure"],
          routes: [
            {
              kind: "Rule",
              match: "HostRegexp(`{name:[a-z]+}.desktops.lab.localhost`)",
              services: [{ name: "kasm-proxy-default", port: 8080 }],
            },
          ],
        },
      },
    ]),
  ),
  "quota-full": together(
    "a ResourceQuota lets sessions' namespace have no more pods, and a new session wants one",
    madeObjects((ground) => [
      {
        apiVersion: "v1",
        kind: "ResourceQuota",
        metadata: { namespace: ground.namespaces.vdi, name: "lab-quota-full" },
        spec: { hard: { pods: "0" } },
      },
    ]),
    sessionThatWaits("lab-quota-full"),
  ),
  "node-down": together(
    "a node whose kubelet has stopped",
    madeObjects(() => [
      {
        apiVersion: "v1",
        kind: "Node",
        metadata: { name: "lab-node-down", labels: { "kubernetes.io/hostname": "lab-node-down" } },
        status: {
          conditions: [
            {
              ...{ type: "Ready", status: "False", reason: "KubeletNotReady", message: "container runtime is down" },
              // A kubelet that has just been restarted is no fault.
              lastTransitionTime: new Date(Date.now() - 10 * 60_000).toISOString(),
            },
          ],
          capacity: { cpu: "8", memory: "32Gi", pods: "110", "ephemeral-storage": "100Gi" },
          allocatable: { cpu: "8", memory: "32Gi", pods: "110", "ephemeral-storage": "100Gi" },
          nodeInfo: { kubeletVersion: "v1.35.4+k3s1", architecture: "amd64" },
        },
      },
    ]),
  ),
};

function sessionThatWaits(name: string): Omit<Fault, "description"> {
  return madeObjects((ground) => [faultySession(ground, name)]);
}
