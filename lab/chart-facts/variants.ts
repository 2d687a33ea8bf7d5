import { gpuOperatorValues } from "../../components/gpu-operator/values.ts";
import type { GpuOperatorValuesArgs } from "../../components/gpu-operator/values.ts";
import { gpuReleaseName } from "../../components/gpu-operator/gpu-operator.ts";
import { kasmValues, releaseName } from "../../components/kasm-workspaces/values.ts";
import type { KasmValuesArgs } from "../../components/kasm-workspaces/values.ts";
import { traefikReleaseName } from "../../components/traefik/traefik.ts";
import { traefikValues } from "../../components/traefik/manifests.ts";

export type ChartName = "kasm-helm" | "gpu-operator" | "traefik";

/** How the program installs a chart: the release's name, and its values in the forms that configs lead to. */
export interface Installation {
  readonly release: string;
  readonly namespace: string;
  /** @param version of the chart, which some values follow */
  readonly variants: (version: string) => Readonly<Record<string, object>>;
}

const mirror = { mirror: "registry.example.com/mirror", pullSecretName: "site-registry" };

export const installations: Readonly<Record<ChartName, Installation>> = {
  "kasm-helm": { release: releaseName, namespace: "kasm", variants: kasmVariants },
  "gpu-operator": { release: gpuReleaseName, namespace: "gpu-operator", variants: gpuVariants },
  traefik: { release: traefikReleaseName, namespace: "traefik", variants: traefikVariants },
};

function kasmVariants(version: string) {
  const plain: KasmValuesArgs = {
    domain: "desktops.example.com",
    chart: { chart: "kasm-helm", version },
    database: "initialize",
    sizing: { deploymentSize: "small", replicas: 1, isCompact: false },
    nginxResolver: "10.43.0.10",
    storageClassName: "local-path",
    certificate: { kind: "secret", secretName: "kasm-tls" },
  };
  const variant = (changed: Partial<KasmValuesArgs>) => kasmValues({ ...plain, ...changed });
  const sized = (deploymentSize: "medium" | "large", replicas: number) =>
    variant({ sizing: { deploymentSize, replicas, isCompact: false } });
  return {
    small: variant({}),
    medium: sized("medium", 2),
    large: sized("large", 3),
    compact: variant({ sizing: { deploymentSize: "small", replicas: 1, isCompact: true } }),
    upgrade: variant({ database: "upgrade" }),
    mirrored: variant({ database: "keep", registry: mirror }),
    ownCa: variant({ trustedCa: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n" }),
    directRdp: variant({ directRdp: { type: "LoadBalancer", port: 13389 } }),
    certManager: variant({ certificate: { kind: "cert-manager", issuerName: "site", issuerKind: "ClusterIssuer" } }),
  };
}

function gpuVariants() {
  const plain: GpuOperatorValuesArgs = {
    driver: "host",
    pools: [{ name: "gpu", count: 2, gpusPerNode: 2, replicasPerGpu: 8, labels: {} }],
  };
  return {
    hostDriver: gpuOperatorValues(plain),
    driverInContainer: gpuOperatorValues({ ...plain, driver: "container" }),
    mirrored: gpuOperatorValues({ ...plain, registry: mirror }),
    tainted: gpuOperatorValues({ ...plain, tolerations: [{ key: "example.com/desktops", effect: "NoSchedule" }] }),
  };
}

function traefikVariants() {
  return {
    plain: traefikValues({}),
    mirrored: traefikValues(mirror),
    defaultsOfKasm: traefikValues({}, "kasm"),
  };
}
