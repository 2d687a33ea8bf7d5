import { k3sChecks } from "../../../analyzers/preflight/k3s.ts";
import { cases, node } from "./cluster.ts";

const upgrade = "Upgrade K3s, servers first, one minor version at a time";
const gpuPools = [{ name: "gpu", count: 1, gpusPerNode: 1, labels: {} }];
const running = (...versions: string[]) => ({
  nodes: versions.map((version, index) => node(String.fromCodePoint(97 + index), { version })),
});

describe("preflight's checks of K3s", () => {
  cases(k3sChecks, [
    {
      title: "refuse another Kubernetes",
      seen: running("v1.35.4+k3s1", "v1.35.4"),
      finds: [
        "required nodes: these do not run K3s: v1.35.4 (b). " +
          "Choose the K3s cluster by kasm-vdi:kubeconfig or kasm-vdi:context; only K3s brings what the program builds on",
      ],
    },
    {
      title: "refuse 1.24, tell of 1.25 and 1.27",
      seen: running("v1.24.17+k3s1", "v1.25.16+k3s4", "v1.27.1+k3s1"),
      finds: [
        `required K3s: older than 1.25: v1.24.17+k3s1 (a). ${upgrade}`,
        `recommended K3s: older than 1.28: v1.25.16+k3s4 (b) and v1.27.1+k3s1 (c). ${upgrade}`,
      ],
    },
    { title: "take 1.28 and later", seen: running("v1.28.1+k3s1", "v1.40.0+k3s1"), finds: [] },
    {
      title: "tell of versions that NVIDIA does not support, when GPUs are planned",
      expected: { pools: gpuPools },
      seen: running("v1.32.1+k3s1", "v1.33.0+k3s1", "v1.36.4+k3s1", "v1.37.0+k3s1"),
      finds: [
        "recommended K3s: NVIDIA supports gpu-operator v26.7 on 1.33 to 1.36, not on v1.32.1+k3s1 (a) and v1.37.0+k3s1 (d). " +
          "Use one of those for GPU nodes; before 1.31.6 and 1.32.2 desktops would find no NVIDIA libraries",
      ],
    },
    {
      title: "ask for the API that guards sessions",
      seen: { hasAdmissionPolicies: false },
      finds: [
        "required API server: it has no ValidatingAdmissionPolicy (admissionregistration.k8s.io/v1), which guards VDISessions. " +
          "Use K3s 1.30 or later, or set kasm-vdi:operator.enforceIdentity to false: users could then make sessions for others",
      ],
    },
    {
      title: "do without it where the config leaves the policy out",
      expected: { enforceIdentity: false },
      seen: { hasAdmissionPolicies: false },
      finds: [],
    },
    {
      title: "name all that the user may not create",
      seen: {
        permissions: [
          { resource: "namespaces", mayCreate: false },
          { resource: "secrets", mayCreate: true },
          { resource: "clusterroles.rbac.authorization.k8s.io", mayCreate: false },
        ],
      },
      finds: [
        "required kubeconfig: its user may not create namespaces, clusterroles.rbac.authorization.k8s.io. " +
          "Use an administrator's (on a K3s server /etc/rancher/k3s/k3s.yaml), or bind its user to cluster-admin",
      ],
    },
    { title: "put up with a minute between the clocks", seen: { clockSkewSeconds: -60 }, finds: [] },
    {
      title: "tell of more",
      seen: { clockSkewSeconds: -90.2 },
      finds: [
        "recommended clocks: the API server's is 90 s behind this machine's. Set both by NTP: certificates and tokens of the future are refused",
      ],
    },
  ]);
});
