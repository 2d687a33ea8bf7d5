import type { AnyObject } from "../../kube/client.ts";
import { devicePluginsBesides } from "../gpu/plugins.ts";
import { refOf, refText } from "../finding.ts";
import { check } from "./check.ts";

const managedBy = "app.kubernetes.io/managed-by";
const helmRelease = "meta.helm.sh/release-name";
const helmNamespace = "meta.helm.sh/release-namespace";

/** Is nothing there already that the program wants to make itself? Its own objects, on a later run, are none of these. */
export const leftoverChecks = [
  check("namespaces", ["namespaces", "kasmReleases"], (expected, { namespaces, kasmReleases }) =>
    namespaces.flatMap((namespace) => {
      const name = namespace.metadata?.name ?? "";
      const part = Object.entries(expected.namespaces).find(([, wanted]) => wanted === name)?.[0] ?? "";
      const object = `namespace ${name}`;
      if (namespace.metadata?.deletionTimestamp !== undefined) {
        const fix = `Wait, or see what holds it: kubectl get namespace ${name} --output yaml`;
        return [{ level: "required", object, problem: "it is being deleted", fix, maySettle: true }];
      }
      if (isPulumis(namespace)) return [];
      const releases = part === "kasm" && kasmReleases.length > 0 ? ", with a Helm release kasm in it" : "";
      return [
        {
          level: "required",
          object,
          problem: `it exists and was not made by Pulumi${releases}`,
          fix:
            `Delete it, choose another by kasm-vdi:namespaces.${part}, or take it over: import it with \`pulumi import\` ` +
            `and label it ${managedBy}=pulumi`,
        },
      ];
    }),
  ),

  check("CRDs", ["crds"], (_expected, { crds }) =>
    crds
      .filter((crd) => !isPulumis(crd))
      .map(({ metadata }) => ({
        level: "required",
        object: `CRD ${metadata?.name ?? ""}`,
        problem: "it exists and was not made by Pulumi",
        fix: `Delete it, and with it all its objects, or import it with \`pulumi import\` and label it ${managedBy}=pulumi`,
      })),
  ),

  check("GPU operator", ["clusterPolicies", "featureDiscovery"], (expected, { clusterPolicies, featureDiscovery }) => {
    const namespace = expected.namespaces["gpuOperator"];
    if (namespace === undefined) return [];
    const others = clusterPolicies.filter(
      ({ metadata }) =>
        metadata?.annotations?.[helmRelease] !== "gpu-operator" || metadata.annotations[helmNamespace] !== namespace,
    );
    const discoveries = new Set(featureDiscovery.map(({ metadata }) => metadata?.namespace ?? ""));
    discoveries.delete(namespace);
    return [
      ...others.map(({ metadata }) => {
        const { [helmRelease]: release, [helmNamespace]: place } = metadata?.annotations ?? {};
        return {
          level: "required" as const,
          object: `ClusterPolicy ${metadata?.name ?? ""}`,
          problem: `a GPU operator is installed already${release ? ` (Helm release ${release} in ${place ?? ""})` : ""}`,
          fix: "Uninstall it: a cluster can have one. The program configures its own for shared GPUs",
        };
      }),
      ...[...discoveries].map((place) => ({
        level: "recommended" as const,
        object: `node-feature-discovery in namespace ${place}`,
        problem: "it is installed already, and the GPU operator brings its own",
        fix: "Remove it: two of them would take each other's labels away",
      })),
    ];
  }),

  check("device plugins", ["daemonSets"], ({ namespaces }, { daemonSets }) => {
    if (namespaces["gpuOperator"] === undefined) return [];
    return devicePluginsBesides(daemonSets).map((daemonSet) => {
      const { namespace = "", name } = refOf({ ...daemonSet, kind: "DaemonSet" });
      return {
        level: "required",
        object: `DaemonSet ${namespace}/${name}`,
        problem:
          "it is a device plugin, and the GPU operator brings its own: both would register nvidia.com/gpu on the same nodes, and the last one wins",
        fix: `Remove it: kubectl delete daemonset ${name} --namespace ${namespace}, or by the Helm release or manifest that it comes from`,
      };
    });
  }),

  check("TLSStores", ["tlsStores"], ({ namespaces: { kasm = "" } }, { tlsStores }) =>
    tlsStores
      .filter(({ metadata }) => metadata?.name === "default" && metadata.namespace !== kasm)
      .map((store) => {
        const { namespace = "" } = store.metadata ?? {};
        return {
          level: "required",
          object: refText(refOf({ ...store, kind: "TLSStore" })),
          problem:
            `the program makes TLSStore ${kasm}/default, and Traefik takes one of the two at random: desktops, or what ` +
            `${namespace} serves, would show the wrong certificate`,
          fix: `Delete it (kubectl delete tlsstore default --namespace ${namespace}) and name its Secret in the routes that need it`,
        };
      }),
  ),
];

/**
 * Whether Pulumi made or manages it: the provider is among the managers of its fields. The label is for what people
 * imported, and for providers without server-side apply.
 */
function isPulumis({ metadata }: AnyObject): boolean {
  const isManager = metadata?.managedFields?.some(({ manager = "" }) => manager.startsWith("pulumi-")) ?? false;
  return isManager || metadata?.labels?.[managedBy] === "pulumi";
}
