import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ChartSource } from "../helm/chart-source.ts";
import { networkPolicies } from "./manifests.ts";
import { deviceConfigName, deviceConfigs, gpuOperatorValues } from "./values.ts";
import type { Toleration } from "./values.ts";
import type { Registry } from "../objects/image.ts";
import { namespaceArgs } from "../objects/namespace.ts";
import { deviceConfigKey, gpuPools } from "../capacity/node-pool.ts";
import type { NodePool } from "../capacity/node-pool.ts";
import { pullSecret } from "../objects/pull-secret.ts";
import { chartRelease } from "../helm/release.ts";
import { gateAfter } from "../gates/rollout.ts";
import { findings } from "../gates/script.ts";
import type { ClusterAccess } from "../gates/script.ts";

export interface GpuOperatorArgs {
  readonly namespace: string;
  readonly chart: ChartSource;
  readonly driver: "host" | "container";
  /** All pools of the stack, those without GPUs too. */
  readonly pools: readonly NodePool[];
  readonly cluster: ClusterAccess;
  readonly registry?: Registry;
  /** For taints of GPU nodes beside `nvidia.com/gpu`, which is always tolerated. */
  readonly tolerations?: readonly Toleration[];
  /** Resolves when no earlier Helm stands in the way of the chart. Default: at once. */
  readonly whenFree?: pulumi.Input<unknown>;
  /** For each of the chart's hooks, and for the gate. */
  readonly timeoutSeconds: number;
}

/** Helm release name. */
export const gpuReleaseName = "gpu-operator";

export interface GpuReport {
  /** `nvidia.com/gpu` by node. */
  readonly slices: Readonly<Record<string, number>>;
}

/** NVIDIA GPU operator with time-slicing. `up` ends when every GPU node reports gpus x replicas of `nvidia.com/gpu`. */
export class GpuOperator extends pulumi.ComponentResource {
  /** What the gate saw. */
  readonly report: pulumi.Output<GpuReport>;

  constructor(name: string, args: GpuOperatorArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kasm:gpu:GpuOperator", name, { version: args.chart.version }, opts);
    const child = { parent: this };
    const configs = deviceConfigs(args.pools);
    const configMap = deviceConfigName(configs);

    // Drivers, toolkit and device plugin are privileged pods.
    const namespace = new k8s.core.v1.Namespace(
      `${name}-namespace`,
      namespaceArgs(args.namespace, "privileged"),
      child,
    );
    const plain = { ...child, dependsOn: namespace, deletedWith: namespace };
    const sharing = new k8s.core.v1.ConfigMap(
      `${name}-time-slicing`,
      { metadata: { name: configMap, namespace: args.namespace }, data: configs.data, immutable: true },
      plain,
    );
    const policies = Object.entries(networkPolicies(args.namespace, args.driver, args.cluster)).map(
      ([policy, manifest]) => new k8s.networking.v1.NetworkPolicy(`${name}-${policy}`, manifest, plain),
    );
    const pulls = pullSecret(name, args.namespace, args.registry ?? {}, plain);
    const { namespace: place, cluster, timeoutSeconds } = args;
    const release = chartRelease(
      `${name}-release`,
      {
        ...args,
        release: gpuReleaseName,
        values: gpuOperatorValues(args),
        // The hook that upgrades the CRDs runs before the API server knows their new schema.
        disableOpenapiValidation: true,
      },
      { ...child, dependsOn: [namespace, sharing, ...policies, ...pulls] },
    );
    const input = {
      namespace: place,
      release: gpuReleaseName,
      configMap,
      defaultKey: configs.defaultKey,
      pools: gpuPools(args.pools).map(({ name, count, gpusPerNode, replicasPerGpu, labels }) => ({
        name,
        count,
        gpusPerNode,
        slicesPerNode: gpusPerNode * replicasPerGpu,
        labels,
        configKey: deviceConfigKey(replicasPerGpu),
      })),
      timeoutSeconds,
    };
    const gate = gateAfter(`${name}-capacity`, release, { run: "gpu-capacity", cluster, input }, child);

    this.report = findings(gate);
    this.registerOutputs({ report: this.report });
  }
}
