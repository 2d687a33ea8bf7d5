import { readFileSync } from "node:fs";
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { DataProtection } from "../components/objects/data-protection.ts";
import { fieldManager } from "../components/objects/field-manager.ts";
import { GpuOperator } from "../components/gpu-operator/gpu-operator.ts";
import { KasmAgents } from "../components/kasm-agents/kasm-agents.ts";
import { agentDefaults } from "../components/kasm-agents/values.ts";
import { KasmWorkspaces } from "../components/kasm-workspaces/kasm-workspaces.ts";
import type { KasmWorkspacesArgs } from "../components/kasm-workspaces/kasm-workspaces.ts";
import { LocalPathStorage } from "../components/local-path-storage/local-path-storage.ts";
import { gpuCount, gpuSlices } from "../components/capacity/node-pool.ts";
import { currentPortalBundle } from "../components/portal/bundle.ts";
import { Portal } from "../components/portal/portal.ts";
import { Preflight } from "../components/preflight/preflight.ts";
import { Traefik } from "../components/traefik/traefik.ts";
import { TurnServer } from "../components/turn-server/turn-server.ts";
import { currentBundle } from "../components/vdi-operator/bundle.ts";
import { vendoredCrds } from "../components/vdi-operator/crds.ts";
import type { Crd } from "../components/vdi-operator/crds.ts";
import type { OperatorProgram } from "../components/vdi-operator/program.ts";
import { VdiOperator } from "../components/vdi-operator/vdi-operator.ts";
import type { StackConfig } from "./config.ts";
import { managerName } from "./manager-name.ts";
import { dnsRecords, plannedOutputs } from "./outputs.ts";

export interface PlatformArgs {
  /** The API of sessions. Default: that of this checkout. */
  readonly crds?: readonly Crd[];
  /** Resolves when no earlier Helm stands in the way of the charts. Default: at once. */
  readonly whenFree?: pulumi.Input<unknown>;
}

/**
 * Registers everything that one environment consists of.
 *
 * @returns the stack's outputs (docs/outputs.md)
 */
export function platform(config: StackConfig, { crds = vendoredCrds(), whenFree }: PlatformArgs = {}) {
  const provider = clusterProvider(config);
  const preflight = prerequisites(config, crds, { provider });
  const transformations = [fieldManager(managerName())];
  const after = (...others: (pulumi.Resource | undefined)[]) => ({
    ...{ provider, transformations },
    dependsOn: [preflight, ...others].filter((resource) => resource !== undefined),
  });

  const traefik = ingress(config, whenFree, after());
  const storage = volumes(config, after());
  const turn = turnServer(config, after());
  const vdi = vdiOperator(config, crds, { turn, traefik }, after());
  const portal = vdiPortal(config, after(traefik.kinds, ...vdi.objects));
  const kasm = kasmWorkspaces(config, { releaseAfter: [traefik.kinds, storage], whenFree }, after());
  // The GPU toolkit restarts K3s on its nodes. Where that is the only server the API is away for a moment, which gates ride
  // out and nothing else does: all objects come before it, and then the gates wait side by side.
  const objects = [traefik, turn, vdi, portal, kasm].flatMap((part) => part?.objects ?? []);
  const gpu = gpuOperator(config, whenFree, after(storage, ...objects));
  const agents = kasmAgents(config, kasm);
  const everything = after(traefik, storage, turn, vdi, portal, gpu, kasm, agents);
  new DataProtection("protection", config, { dependsOn: everything.dependsOn });

  const turnAddresses = config.turn && { host: config.turn.host, addresses: config.turn.publicIPs };
  return {
    dns: traefik.addresses.apply((addresses) => dnsRecords(config.domain, addresses, turnAddresses)),
    ...plannedOutputs(config),
    agents: agents?.agents ?? [],
    adminUser: kasm.adminUser,
    adminPassword: kasm.adminPassword,
    checks: {
      preflight: preflight?.report ?? null,
      gpu: gpu?.report ?? null,
      storage: storage.report,
      traefik: traefik.report,
    },
  };
}

type Options = pulumi.ComponentResourceOptions;

function clusterProvider({ cluster }: StackConfig): k8s.Provider {
  return new k8s.Provider("cluster", {
    // Without it a new kubeconfig for the same cluster would replace every resource.
    clusterIdentifier: cluster.name,
    ...(cluster.kubeconfig !== undefined && { kubeconfig: cluster.kubeconfig }),
    ...(cluster.context !== undefined && { context: cluster.context }),
    enableConfigMapMutable: true,
    enableSecretMutable: true,
    // A run that was killed leaves objects that no state knows. Since plugin 4.29 the next one would fail: already exists.
    upsertExistingObjects: true,
  });
}

function prerequisites(config: StackConfig, crds: readonly Crd[], opts: Options): Preflight | undefined {
  const { mode } = config.preflight;
  if (mode === "off") return undefined;
  return new Preflight("preflight", { ...config, mode, crds: crds.map(({ name }) => name) }, opts);
}

function ingress(config: StackConfig, whenFree: pulumi.Input<unknown>, opts: Options): Traefik {
  const { traefik, namespaces, registry, publicIPs, cluster } = config;
  const args = {
    ...{ ...traefik, namespace: namespaces.traefik, registry, publicIPs, cluster, whenFree },
    // Kasm's certificate is the default one.
    defaultCertificateNamespace: namespaces.kasm,
  };
  return new Traefik("traefik", args, opts);
}

/** Of the gateway: ten times its largest page. */
const mostAnswerBytes = 64 * 1024;

function volumes({ storage, namespaces, registry, cluster }: StackConfig, opts: Options): LocalPathStorage {
  return new LocalPathStorage("storage", { ...storage, namespace: namespaces.storage, registry, cluster }, opts);
}

function turnServer({ turn, namespaces, registry, cluster }: StackConfig, opts: Options): TurnServer | undefined {
  if (!turn) return undefined;
  return new TurnServer("turn", { ...turn, namespace: namespaces.turn, registry, cluster }, opts);
}

function vdiOperator(
  config: StackConfig,
  crds: readonly Crd[],
  { turn, traefik }: { turn: TurnServer | undefined; traefik: Traefik },
  opts: Options,
) {
  const { domain, namespaces, operator, registry, cluster, protectData } = config;
  return new VdiOperator(
    "vdi",
    {
      ...{ domain, registry, cluster, protectData, crds },
      namespace: namespaces.vdi,
      operatorNamespace: namespaces.operator,
      traefikNamespace: traefikNamespace(config),
      routesAfter: traefik.kinds,
      mostAnswerBytes: traefik.boundsAnswers.apply((does) => (does ? mostAnswerBytes : undefined)),
      rewritesErrors: traefik.rewritesErrors,
      gpuSlices: gpuSlices(config.pools),
      replicas: operator.replicas,
      maxSessionsPerUser: operator.maxSessionsPerUser,
      logLevel: operator.logLevel,
      enforceIdentity: operator.enforceIdentity,
      access: operator.access,
      monitoring: operator.monitoring,
      timeoutSeconds: operator.timeoutSeconds,
      program: operatorProgram(operator),
      ...(turn && { turn }),
    },
    opts,
  );
}

function vdiPortal(config: StackConfig, opts: Options): Portal | undefined {
  const { portal, domain, namespaces, operator, registry, cluster } = config;
  if (!portal) return undefined;
  const { image, bundle } = portal;
  const text = () => (bundle === undefined ? currentPortalBundle() : readFileSync(bundle, "utf8"));
  return new Portal(
    "portal",
    {
      ...portal,
      ...{ domain, registry, cluster, enforceIdentity: operator.enforceIdentity },
      namespace: namespaces.vdi,
      operatorNamespace: namespaces.operator,
      traefikNamespace: traefikNamespace(config),
      program: image === undefined ? { kind: "bundle", text: text() } : { kind: "image", image },
    },
    opts,
  );
}

function gpuOperator(config: StackConfig, whenFree: pulumi.Input<unknown>, opts: Options): GpuOperator | undefined {
  const { gpu, namespaces, pools, registry, cluster } = config;
  if (gpuCount(pools) === 0) return undefined;
  const args = { ...gpu, namespace: namespaces.gpuOperator, pools, registry, cluster, whenFree };
  return new GpuOperator("gpu", args, opts);
}

function kasmWorkspaces(
  config: StackConfig,
  chart: Pick<KasmWorkspacesArgs, "releaseAfter" | "whenFree">,
  opts: Options,
): KasmWorkspaces {
  const { kasm, domain, namespaces, storage, certificate, registry, trustedCa, cluster, protectData } = config;
  return new KasmWorkspaces(
    "kasm",
    {
      ...kasm,
      ...{ domain, certificate, registry, cluster, protectData },
      ...(trustedCa !== undefined && { trustedCa }),
      namespace: namespaces.kasm,
      clusterName: cluster.name,
      traefikNamespace: traefikNamespace(config),
      storageClassName: storage.className,
      ...chart,
      isDefaultCertificate: true,
    },
    opts,
  );
}

function kasmAgents(config: StackConfig, kasm: KasmWorkspaces): KasmAgents | undefined {
  const { agents, agentInstaller: installer, domain, certificate, trustedCa } = config;
  if (agents.length === 0) return undefined;
  // The site's authorities say nothing about a certificate that signs itself.
  const ca = certificate.kind === "self-signed" ? undefined : trustedCa;
  const manager = { hostname: domain, port: 443, token: kasm.managerToken, ...(ca !== undefined && { ca }) };
  // They register with a control plane that is up.
  return new KasmAgents("agents", { ...agentDefaults, agents, installer, manager }, { dependsOn: kasm });
}

function operatorProgram({ image, bundle }: StackConfig["operator"]): OperatorProgram {
  if (image !== undefined) return { kind: "image", image };
  return { kind: "bundle", text: bundle === undefined ? currentBundle() : readFileSync(bundle, "utf8") };
}

function traefikNamespace({ traefik, namespaces }: StackConfig): string {
  return traefik.mode === "own" ? namespaces.traefik : "kube-system";
}
