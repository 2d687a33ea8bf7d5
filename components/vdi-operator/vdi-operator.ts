import * as command from "@pulumi/command";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { namespaceArgs } from "../objects/namespace.ts";
import { pullSecret } from "../objects/pull-secret.ts";
import { gateAfter } from "../gates/rollout.ts";
import { scriptAtDeletion } from "../gates/script.ts";
import type { ClusterAccess } from "../gates/script.ts";
import type { TurnEndpoint } from "../turn-server/turn-server.ts";
import type { Crd } from "./crds.ts";
import { admissionPolicies } from "./admission.ts";
import { operatorDeployment, turnSecretName } from "./deployment.ts";
import type { OperatorSettings } from "./deployment.ts";
import { gatewayAlias } from "./error-page.ts";
import { accessSecretName, gatewayDeployment } from "./gateway.ts";
import { dashboardConfigMap, prometheusObjects } from "./monitoring.ts";
import { operatorNetworkPolicies } from "./policies.ts";
import { bundleConfigMap, bundleProblem } from "./program.ts";
import type { OperatorProgram } from "./program.ts";
import { gatewayName, operatorName } from "./rbac.ts";
import { operatorRights } from "./rights.ts";
import type { Homes } from "./rights.ts";
import { sessionRouting } from "./routing.ts";
import {
  disruptionBudget,
  gatewayDisruptionBudget,
  gatewayMetricsService,
  gatewayService,
  metricsService,
} from "./services.ts";
import { starterTemplates } from "./templates.ts";

export interface VdiOperatorArgs extends OperatorSettings {
  readonly operatorNamespace: string;
  readonly crds: readonly Crd[];
  /** Without it everything but the Deployments is installed. */
  readonly program?: OperatorProgram;
  readonly turn?: { readonly endpoint: TurnEndpoint; readonly sharedSecret: pulumi.Output<string> };
  /** `nvidia.com/gpu` of the whole cluster; 0 leaves the templates for GPUs out. */
  readonly gpuSlices: number;
  /** Whether only users themselves make and delete their sessions; false for Kubernetes before 1.30. Default: true. */
  readonly enforceIdentity?: boolean;
  /** Dashboard, alerts and scraping, of the Prometheus operator's kinds. Default: false. */
  readonly monitoring?: boolean;
  /** What brings Traefik's kinds, which routes are made of; all else does not wait for it. */
  readonly routesAfter?: pulumi.Resource;
  /** The most that Traefik reads of an answer of the gateway; left out where Traefik does not know such a bound. */
  readonly mostAnswerBytes?: pulumi.Input<number | undefined>;
  /** Whether Traefik shows error pages with a status of their own. Default: no. */
  readonly rewritesErrors?: pulumi.Input<boolean>;
  /** For the operator to run. */
  readonly timeoutSeconds: number;
  readonly cluster: ClusterAccess;
  /** Refuses to delete the CRDs and the namespace of sessions, and with them every session. */
  readonly protectData: boolean;
}

interface Made extends VdiOperatorArgs {
  /** Where the gateway believes the user header; undefined where none is believed. */
  readonly headerPath: pulumi.Output<string> | undefined;
}

const k3sTraefikNamespace = "kube-system";

/**
 * The API of desktop sessions in group vdi.kasm.io, the operator that turns a VDISession into a desktop, and the gateway
 * that says who may enter.
 */
export class VdiOperator extends pulumi.ComponentResource {
  /** Of sessions. */
  readonly namespace: pulumi.Output<string>;
  readonly operatorNamespace: pulumi.Output<string>;
  /** All that needs an API server that is there. A gate rides out one that is away. */
  readonly objects: readonly pulumi.Resource[];

  constructor(name: string, args: VdiOperatorArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kasm:vdi:VdiOperator", name, { program: args.program?.kind ?? "none" }, opts);
    const data = { parent: this, protect: args.protectData };
    const sessions = new k8s.core.v1.Namespace(`${name}-namespace`, namespaceArgs(args.namespace, "baseline"), data);
    const own = new k8s.core.v1.Namespace(
      `${name}-operator-namespace`,
      namespaceArgs(args.operatorNamespace, "restricted"),
      { parent: this },
    );
    const crds = args.crds.map(
      (crd) =>
        new k8s.apiextensions.v1.CustomResourceDefinition(
          `${name}-${crd.name.split(".")[0] ?? crd.name}`,
          crd.args,
          data,
        ),
    );
    const inside = (home: pulumi.Resource) => ({ parent: this, dependsOn: home, deletedWith: home });
    const homes = { sessions: inside(sessions), own: inside(own) };
    const made = { ...args, headerPath: this.headerPath(name, args) };
    const pulls = [
      ...pullSecret(name, args.namespace, args.registry, homes.sessions),
      ...pullSecret(`${name}-operator`, args.operatorNamespace, args.registry, homes.own),
    ];
    const installed = [
      ...crds,
      ...pulls,
      ...operatorRights(name, args, homes, this),
      ...this.networks(name, args, homes),
      ...this.admission(name, args, crds),
      ...this.shared(name, made, homes, crds),
      ...this.gatewayServices(name, args, homes),
    ];
    const program = this.program(name, made, homes, installed);
    const extras = args.monitoring ? this.monitoring(name, args, homes) : [];
    const drain = this.drain(name, args, [sessions, own, ...installed, ...program]);

    this.objects = [...installed, ...program, ...extras, drain];
    this.namespace = sessions.metadata.name;
    this.operatorNamespace = own.metadata.name;
    this.registerOutputs({ namespace: this.namespace, operatorNamespace: this.operatorNamespace });
  }

  private networks(name: string, args: VdiOperatorArgs, homes: Homes): pulumi.Resource[] {
    const { namespace, operatorNamespace, traefikNamespace = k3sTraefikNamespace, cluster } = args;
    const policies = operatorNetworkPolicies({ namespace, operatorNamespace, traefikNamespace, cluster });
    return Object.entries(policies).map(([suffix, policy]) => {
      const home = policy.metadata.namespace === namespace ? homes.sessions : homes.own;
      return new k8s.networking.v1.NetworkPolicy(`${name}-${suffix}`, policy, home);
    });
  }

  private admission(name: string, args: VdiOperatorArgs, crds: pulumi.Resource[]): pulumi.Resource[] {
    if (args.enforceIdentity === false) return [];
    const { ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding } = k8s.admissionregistration.v1;
    return Object.entries(admissionPolicies(args)).map(([suffix, { policy, binding }]) => {
      // The API server checks the expressions against the CRD's schema.
      const rule = new ValidatingAdmissionPolicy(`${name}-${suffix}`, policy, { parent: this, dependsOn: crds });
      const inForce = { parent: this, dependsOn: rule };
      return new ValidatingAdmissionPolicyBinding(`${name}-${suffix}-binding`, binding, inForce);
    });
  }

  private headerPath(name: string, { access }: VdiOperatorArgs): pulumi.Output<string> | undefined {
    if (access?.userHeader === undefined) return undefined;
    return new random.RandomPassword(`${name}-access-path`, { length: 43, special: false }, { parent: this }).result;
  }

  /** What sessions share: templates, and the parts of their routes. */
  private shared(name: string, args: Made, homes: Homes, crds: pulumi.Resource[]): pulumi.Resource[] {
    const { CustomResource } = k8s.apiextensions;
    const afterCrds = { parent: this, dependsOn: crds };
    const afterKinds = {
      ...homes.sessions,
      dependsOn: [homes.sessions.dependsOn, ...(args.routesAfter ? [args.routesAfter] : [])],
    };
    return [
      ...starterTemplates(args.gpuSlices, args.registry).map(
        (template) => new CustomResource(`${name}-template-${template.metadata.name}`, template, afterCrds),
      ),
      ...Object.entries(sessionRouting(args)).map(
        ([suffix, object]) => new CustomResource(`${name}-${suffix}`, object, afterKinds),
      ),
    ];
  }

  /** The gateway's Service, and another one by which Traefik finds its error page. */
  private gatewayServices(name: string, args: VdiOperatorArgs, { own, sessions }: Homes): pulumi.Resource[] {
    const { Service } = k8s.core.v1;
    const gateway = new Service(`${name}-gateway-service`, gatewayService(args.operatorNamespace), own);
    const { service, slice } = gatewayAlias(args.namespace, addressOf(gateway));
    return [
      gateway,
      new Service(`${name}-gateway-alias`, service, sessions),
      new k8s.discovery.v1.EndpointSlice(`${name}-gateway-alias-endpoints`, slice, sessions),
    ];
  }

  private program(name: string, args: Made, { own }: Homes, needs: pulumi.Resource[]): pulumi.Resource[] {
    const { operatorNamespace, program, turn, headerPath } = args;
    const { Secret, ConfigMap, Service } = k8s.core.v1;
    const { Deployment } = k8s.apps.v1;
    const { PodDisruptionBudget } = k8s.policy.v1;
    const secret = (suffix: string, secretName: string, stringData: Record<string, pulumi.Output<string>>) =>
      new Secret(
        `${name}-${suffix}`,
        { metadata: { name: secretName, namespace: operatorNamespace }, stringData },
        own,
      );
    // RandomBytes would suit better, but its id, which no state encrypts, is the bytes.
    const accessKey = new random.RandomPassword(`${name}-access-key`, { length: 64, special: false }, { parent: this });
    const secrets = [
      secret("access-secret", accessSecretName, { key: accessKey.result, ...(headerPath && { path: headerPath }) }),
      ...(turn ? [secret("turn-credentials", turnSecretName, { "shared-secret": turn.sharedSecret })] : []),
    ];
    if (!program) return secrets;

    const problem = program.kind === "bundle" ? bundleProblem(program.text) : undefined;
    // Told without a stack trace.
    if (problem !== undefined) throw new pulumi.RunError(problem);
    const bundle = program.kind === "bundle" ? bundleConfigMap(program.text, operatorNamespace) : undefined;
    const bundles = bundle ? [new ConfigMap(`${name}-bundle`, bundle, own)] : [];
    const afterAll = { ...own, dependsOn: [...needs, ...bundles, ...secrets] };
    const operatorArgs = operatorDeployment({ ...args, program, turn: turn?.endpoint });
    const operator = new Deployment(`${name}-deployment`, operatorArgs, afterAll);
    const gateway = new Deployment(`${name}-gateway`, gatewayDeployment({ ...args, program }), afterAll);
    this.rollout(`${name}-rollout`, operatorName, operator, args);
    this.rollout(`${name}-gateway-rollout`, gatewayName, gateway, args);
    const budget = disruptionBudget(operatorNamespace);
    const gatewayBudget = gatewayDisruptionBudget(operatorNamespace);
    return [
      operator,
      gateway,
      new Service(`${name}-metrics`, metricsService(operatorNamespace), own),
      new Service(`${name}-gateway-metrics`, gatewayMetricsService(operatorNamespace), own),
      ...(args.replicas > 1 ? [new PodDisruptionBudget(`${name}-disruption-budget`, budget, own)] : []),
      new PodDisruptionBudget(`${name}-gateway-disruption-budget`, gatewayBudget, own),
    ];
  }

  /** `up` ends when the Deployment's pods run, or says why they do not. */
  private rollout(gate: string, workload: string, deployment: k8s.apps.v1.Deployment, args: VdiOperatorArgs) {
    const { cluster, timeoutSeconds, operatorNamespace: namespace } = args;
    const input = { namespace, workload: { kind: "Deployment", name: workload }, timeoutSeconds };
    gateAfter(gate, deployment, { run: "rollout", cluster, input }, { parent: this });
  }

  private monitoring(name: string, { operatorNamespace }: VdiOperatorArgs, { own }: Homes): pulumi.Resource[] {
    return [
      new k8s.core.v1.ConfigMap(`${name}-dashboard`, dashboardConfigMap(operatorNamespace), own),
      ...Object.entries(prometheusObjects(operatorNamespace)).map(
        ([suffix, object]) => new k8s.apiextensions.CustomResource(`${name}-${suffix}`, object, own),
      ),
    ];
  }

  /**
   * Ends all sessions before anything of the operator goes: their finalizers need it, and with them left neither CRDs
   * nor namespace would ever be gone. Does nothing but on deletion, which another namespace for sessions also means.
   */
  private drain(name: string, args: VdiOperatorArgs, needs: pulumi.Resource[]) {
    // Where no operator runs, none cleans up.
    const operatorSeconds = args.program ? 120 : 0;
    const drain = scriptAtDeletion("session-drain", args.cluster, { operatorSeconds });
    return new command.local.Command(
      `${name}-drain`,
      { create: "exit 0", update: "exit 0", ...drain, triggers: [args.namespace] },
      { parent: this, protect: args.protectData, dependsOn: needs },
    );
  }
}

/** Where a preview cannot ask the API server, a Service has no address yet, and is not known to have none. */
function addressOf({ spec }: k8s.core.v1.Service): pulumi.Output<string> {
  return spec.clusterIP.apply((address?: string) => address ?? (pulumi.unknown as string));
}
