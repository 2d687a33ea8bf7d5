import * as k8s from "@pulumi/kubernetes";
import { GpuOperator } from "../components/gpu-operator.ts";
import { KasmWorkspaces } from "../components/kasm-workspaces.ts";
import { LocalPathStorage } from "../components/local-path-storage.ts";
import { gpuCount, gpuSlices } from "../components/node-pool.ts";
import { Traefik } from "../components/traefik.ts";
import { vendoredCrds } from "../components/vdi-operator.crds.ts";
import type { Crd } from "../components/vdi-operator.crds.ts";
import { VdiOperator } from "../components/vdi-operator.ts";
import type { StackConfig } from "./config.ts";
import { dnsRecords, plannedOutputs } from "./outputs.ts";

/**
 * Registers everything that one environment consists of.
 *
 * @param crds the API of sessions
 * @returns the stack's outputs (docs/outputs.md)
 */
export function platform(config: StackConfig, crds: readonly Crd[] = vendoredCrds()) {
  const { cluster, namespaces, protectData } = config;
  const provider = new k8s.Provider("cluster", {
    // Without it a new kubeconfig for the same cluster would replace every resource.
    clusterIdentifier: cluster.name,
    ...(cluster.kubeconfig !== undefined && { kubeconfig: cluster.kubeconfig }),
    ...(cluster.context !== undefined && { context: cluster.context }),
    enableConfigMapMutable: true,
    enableSecretMutable: true,
  });
  const opts = { provider };

  const traefik = new Traefik("traefik", { mode: "k3s", publicIPs: config.publicIPs, cluster }, opts);
  const { className } = config.storage;
  const storage = new LocalPathStorage("storage", { mode: "check", className, cluster }, opts);
  const { replicas, logLevel } = config.operator;
  new VdiOperator(
    "vdi",
    {
      namespace: namespaces.vdi,
      operatorNamespace: namespaces.operator,
      domain: config.domain,
      crds,
      replicas,
      logLevel,
      registry: config.registry,
      gpuSlices: gpuSlices(config.pools),
      cluster,
      protectData,
    },
    // Sessions' routes are of Traefik's kinds.
    { ...opts, dependsOn: traefik },
  );
  const gpu =
    gpuCount(config.pools) > 0
      ? new GpuOperator("gpu", { ...config.gpu, namespace: namespaces.gpuOperator, pools: config.pools, cluster }, opts)
      : undefined;
  const kasm = new KasmWorkspaces(
    "kasm",
    {
      ...config.kasm,
      domain: config.domain,
      namespace: namespaces.kasm,
      storageClassName: className,
      certificate: config.certificate,
      cluster,
      protectData,
    },
    // The GPU toolkit restarts K3s on the nodes, so Kasm is installed after it rather than during it.
    { ...opts, dependsOn: [traefik, storage, ...(gpu ? [gpu] : [])] },
  );

  return {
    dns: traefik.addresses.apply((addresses) => dnsRecords(config.domain, addresses)),
    ...plannedOutputs(config),
    adminUser: kasm.adminUser,
    adminPassword: kasm.adminPassword,
    checks: { gpu: gpu?.report ?? null, storage: storage.report, traefik: traefik.report },
  };
}
