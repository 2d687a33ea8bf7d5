import { leftoverChecks } from "../../../analyzers/preflight/leftovers.ts";
import type { AnyObject } from "../../../kube/client.ts";
import { cases } from "./cluster.ts";

const by = (name: string, manager: string, fields: object = {}): AnyObject => ({
  metadata: { name, managedFields: [{ manager, operation: "Update" }], ...fields },
});
const takeOver = (part: string) =>
  `Delete it, choose another by kasm-vdi:namespaces.${part}, or take it over: import it with \`pulumi import\` ` +
  "and label it app.kubernetes.io/managed-by=pulumi";
const policy = (annotations: Record<string, string>): AnyObject => ({
  metadata: { name: "cluster-policy", annotations },
});
const helm = (release: string, namespace: string) => ({
  "meta.helm.sh/release-name": release,
  "meta.helm.sh/release-namespace": namespace,
});
const uninstall = "Uninstall it: a cluster can have one. The program configures its own for shared GPUs";

const plugin = (name: string, namespace: string, status: object, ownerReferences: object[] = []): AnyObject =>
  ({
    metadata: { namespace, name, ownerReferences },
    spec: { template: { spec: { containers: [{ image: "nvcr.io/nvidia/k8s-device-plugin:v0.17.1" }] } } },
    status,
  }) as AnyObject;
const tlsStore = (namespace: string, name: string): AnyObject => ({ metadata: { namespace, name } });

describe("preflight's checks of what is there already", () => {
  cases(leftoverChecks, [
    {
      title: "refuse a namespace that people made",
      seen: { namespaces: [by("kasm-vdi", "kubectl-create")] },
      finds: [`required namespace kasm-vdi: it exists and was not made by Pulumi. ${takeOver("vdi")}`],
    },
    {
      title: "say that a Kasm is installed in it",
      seen: { namespaces: [by("kasm", "helm")], kasmReleases: ["sh.helm.release.v1.kasm.v1"] },
      finds: [
        `required namespace kasm: it exists and was not made by Pulumi, with a Helm release kasm in it. ${takeOver("kasm")}`,
      ],
    },
    {
      title: "take what Pulumi made, in each of its ways, and what people labelled after an import",
      seen: {
        namespaces: [
          by("kasm", "pulumi-kubernetes"),
          by("kasm-vdi", "pulumi-kubernetes-1f2e3d4c"),
          by("gpu-operator", "kubectl-label", { labels: { "app.kubernetes.io/managed-by": "pulumi" } }),
        ],
        kasmReleases: ["sh.helm.release.v1.kasm.v3"],
        crds: [by("vdisessions.vdi.kasm.io", "pulumi-kubernetes")],
      },
      finds: [],
    },
    {
      title: "wait for a namespace that is going, ours or not",
      seen: { namespaces: [by("kasm", "pulumi-kubernetes", { deletionTimestamp: "2026-11-23T12:00:00Z" })] },
      finds: [
        "required~ namespace kasm: it is being deleted. Wait, or see what holds it: kubectl get namespace kasm --output yaml",
      ],
    },
    {
      title: "refuse CRDs that others made",
      seen: { crds: [by("vdisessions.vdi.kasm.io", "kubectl-client-side-apply")] },
      finds: [
        "required CRD vdisessions.vdi.kasm.io: it exists and was not made by Pulumi. " +
          "Delete it, and with it all its objects, or import it with `pulumi import` and label it app.kubernetes.io/managed-by=pulumi",
      ],
    },
    {
      title: "take our own GPU operator",
      seen: {
        clusterPolicies: [policy(helm("gpu-operator", "gpu-operator"))],
        featureDiscovery: [{ metadata: { namespace: "gpu-operator", name: "nfd-master" } }],
      },
      finds: [],
    },
    {
      title: "refuse another one",
      seen: { clusterPolicies: [policy(helm("nvidia", "gpu"))] },
      finds: [
        `required ClusterPolicy cluster-policy: a GPU operator is installed already (Helm release nvidia in gpu). ${uninstall}`,
      ],
    },
    {
      title: "refuse one that no Helm release speaks for",
      seen: { clusterPolicies: [policy({})] },
      finds: [`required ClusterPolicy cluster-policy: a GPU operator is installed already. ${uninstall}`],
    },
    {
      title: "tell of another node-feature-discovery, once for its namespace",
      seen: {
        featureDiscovery: ["nfd-master", "nfd-gc"].map((name) => ({ metadata: { namespace: "nfd", name } })),
      },
      finds: [
        "recommended node-feature-discovery in namespace nfd: it is installed already, and the GPU operator brings its own. " +
          "Remove it: two of them would take each other's labels away",
      ],
    },
    {
      title: "do not look at GPU operators when none is planned",
      expected: { namespaces: { kasm: "kasm" } },
      seen: { clusterPolicies: [policy({})] },
      finds: [],
    },
    {
      title: "refuse a device plugin that was installed by hand, also while it waits for its nodes",
      seen: { daemonSets: [plugin("nvidia-device-plugin-daemonset", "kube-system", { desiredNumberScheduled: 0 })] },
      finds: [
        "required DaemonSet kube-system/nvidia-device-plugin-daemonset: it is a device plugin, and the GPU operator brings its own: " +
          "both would register nvidia.com/gpu on the same nodes, and the last one wins. " +
          "Remove it: kubectl delete daemonset nvidia-device-plugin-daemonset --namespace kube-system, or by the Helm release or manifest that it comes from",
      ],
    },
    {
      title: "take the GPU operator's own device plugin, and other daemons",
      seen: {
        daemonSets: [
          plugin("nvidia-device-plugin-daemonset", "gpu-operator", {}, [
            { kind: "ClusterPolicy", name: "cluster-policy" },
          ]),
          { metadata: { namespace: "kube-system", name: "svclb-traefik-1" } },
        ],
      },
      finds: [],
    },
    {
      title: "refuse a default certificate of Traefik in another namespace, and name both",
      seen: { tlsStores: [tlsStore("web", "default"), tlsStore("web", "other"), tlsStore("kasm", "default")] },
      finds: [
        "required TLSStore web/default: the program makes TLSStore kasm/default, and Traefik takes one of the two at random: desktops, or what " +
          "web serves, would show the wrong certificate. " +
          "Delete it (kubectl delete tlsstore default --namespace web) and name its Secret in the routes that need it",
      ],
    },
  ]);
});
