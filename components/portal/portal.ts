import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { gateAfter } from "../gates/rollout.ts";
import type { ClusterAccess } from "../gates/script.ts";
import { bundleConfigMap, bundleProblem } from "../vdi-operator/program.ts";
import type { Admission } from "../vdi-operator/admission.ts";
import { bindingArgs, roleArgs } from "../vdi-operator/rbac.ts";
import { portalPolicy } from "./admission.ts";
import { keySecretName, oidcSecretName, portalDeployment } from "./deployment.ts";
import { portalNetworkPolicies } from "./policies.ts";
import { proxyMiddlewareArgs, proxyPolicy, proxySecretName } from "./proxy.ts";
import { portalClusterRules, portalRecordRules, portalSessionRules } from "./rbac.ts";
import { portalDisruptionBudget, portalMetricsService, portalRoute, portalService } from "./services.ts";
import { portalName, portalRecordName, portalUrl } from "./settings.ts";
import type { PortalSettings } from "./settings.ts";

export interface PortalArgs extends PortalSettings {
  /** Whether Kubernetes knows policies; false before 1.30. */
  readonly enforceIdentity: boolean;
  /** For the portal to run. */
  readonly timeoutSeconds: number;
  readonly cluster: ClusterAccess;
}

/** Where people sign in, pick a desktop, watch it come up and work. Runs beside the operator, whose namespaces it needs. */
export class Portal extends pulumi.ComponentResource {
  readonly url: string;
  /** All that needs an API server that is there. A gate rides out one that is away. */
  readonly objects: readonly pulumi.Resource[];

  constructor(name: string, args: PortalArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kasm:vdi:Portal", name, { program: args.program.kind }, opts);
    const { operatorNamespace } = args;
    const child = { parent: this };
    const proxy = args.userHeader === undefined ? [] : this.proxy(name, args);
    const needs = [...this.rights(name, args), ...this.networks(name, args), ...proxy, ...this.program(name, args)];
    const deployment = new k8s.apps.v1.Deployment(`${name}-deployment`, portalDeployment(args), {
      ...child,
      dependsOn: needs,
    });
    const { cluster, timeoutSeconds } = args;
    const input = { namespace: operatorNamespace, workload: { kind: "Deployment", name: portalName }, timeoutSeconds };
    gateAfter(`${name}-rollout`, deployment, { run: "rollout", cluster, input }, child);
    this.objects = [
      ...needs,
      deployment,
      new k8s.core.v1.Service(`${name}-service`, portalService(operatorNamespace), child),
      new k8s.core.v1.Service(`${name}-metrics`, portalMetricsService(operatorNamespace), child),
      new k8s.policy.v1.PodDisruptionBudget(
        `${name}-disruption-budget`,
        portalDisruptionBudget(operatorNamespace),
        child,
      ),
      new k8s.apiextensions.CustomResource(`${name}-route`, portalRoute(args), { ...child, dependsOn: proxy }),
    ];
    this.url = portalUrl(args);
    this.registerOutputs({ url: this.url });
  }

  /** A policy with its binding; none where Kubernetes knows none. */
  private inForce(name: string, { policy, binding }: Admission, { enforceIdentity }: PortalArgs): pulumi.Resource[] {
    if (!enforceIdentity) return [];
    const { ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding } = k8s.admissionregistration.v1;
    const rule = new ValidatingAdmissionPolicy(name, policy, { parent: this });
    return [new ValidatingAdmissionPolicyBinding(`${name}-binding`, binding, { parent: this, dependsOn: rule })];
  }

  /** By what the portal knows its own route, where it believes headers. */
  private proxy(name: string, args: PortalArgs): pulumi.Resource[] {
    const child = { parent: this };
    const { operatorNamespace } = args;
    const password = new random.RandomPassword(`${name}-proxy`, { length: 64, special: false }, child);
    const secret = pulumi.secret(password.result);
    const bounded = this.inForce(`${name}-proxy-policy`, proxyPolicy(operatorNamespace), args);
    return [
      ...bounded,
      this.secret(`${name}-proxy-secret`, operatorNamespace, proxySecretName, { secret }),
      new k8s.apiextensions.CustomResource(
        `${name}-proxy-middleware`,
        proxyMiddlewareArgs(operatorNamespace, secret),
        // Never for a moment where others could send it to themselves.
        { ...child, dependsOn: bounded, additionalSecretOutputs: ["spec"] },
      ),
    ];
  }

  private secret(
    name: string,
    namespace: string,
    secretName: string,
    stringData: Record<string, pulumi.Output<string>>,
  ): pulumi.Resource {
    return new k8s.core.v1.Secret(name, { metadata: { name: secretName, namespace }, stringData }, { parent: this });
  }

  private rights(name: string, args: PortalArgs): pulumi.Resource[] {
    const { namespace, operatorNamespace } = args;
    const { Role, RoleBinding, ClusterRole, ClusterRoleBinding } = k8s.rbac.v1;
    const child = { parent: this };
    const account = {
      metadata: { name: portalName, namespace: operatorNamespace },
      automountServiceAccountToken: false,
    };
    const binding = (kind: "Role" | "ClusterRole", inNamespace?: string) =>
      bindingArgs(kind, portalName, operatorNamespace, inNamespace);
    const inForce = this.inForce(`${name}-policy`, portalPolicy(operatorNamespace), args);
    // Never for a moment without what bounds it.
    const bounded = { ...child, dependsOn: inForce };
    return [
      ...inForce,
      new k8s.core.v1.ServiceAccount(`${name}-account`, account, child),
      new Role(`${name}-role`, roleArgs(portalName, portalSessionRules, namespace), bounded),
      new RoleBinding(`${name}-role-binding`, binding("Role", namespace), bounded),
      // Without data: those are the portal's to write, and no change to the stack.
      new k8s.core.v1.ConfigMap(
        `${name}-record`,
        { metadata: { name: portalRecordName, namespace: operatorNamespace } },
        child,
      ),
      new Role(`${name}-record-role`, roleArgs(portalRecordName, portalRecordRules, operatorNamespace), child),
      new RoleBinding(
        `${name}-record-role-binding`,
        {
          metadata: { name: portalRecordName, namespace: operatorNamespace },
          roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: portalRecordName },
          subjects: [{ kind: "ServiceAccount", name: portalName, namespace: operatorNamespace }],
        },
        child,
      ),
      new ClusterRole(`${name}-cluster-role`, roleArgs(portalName, portalClusterRules), child),
      new ClusterRoleBinding(`${name}-cluster-role-binding`, binding("ClusterRole"), child),
    ];
  }

  private networks(name: string, args: PortalArgs): pulumi.Resource[] {
    return Object.entries(portalNetworkPolicies(args)).map(
      ([suffix, policy]) => new k8s.networking.v1.NetworkPolicy(`${name}-${suffix}`, policy, { parent: this }),
    );
  }

  /** Secrets and bundle. */
  private program(name: string, { operatorNamespace, oidc, program }: PortalArgs): pulumi.Resource[] {
    const child = { parent: this };
    const secret = (suffix: string, secretName: string, stringData: Record<string, pulumi.Output<string>>) =>
      this.secret(`${name}-${suffix}`, operatorNamespace, secretName, stringData);
    const key = new random.RandomPassword(`${name}-key`, { length: 64, special: false }, child);
    const secrets = [
      secret("key-secret", keySecretName, { key: key.result }),
      ...(oidc?.clientSecret === undefined
        ? []
        : [secret("oidc-secret", oidcSecretName, { "client-secret": pulumi.secret(oidc.clientSecret) })]),
    ];
    if (program.kind === "image") return secrets;
    const problem = bundleProblem(program.text);
    // Told without a stack trace.
    if (problem !== undefined) throw new pulumi.RunError(problem);
    return [
      ...secrets,
      new k8s.core.v1.ConfigMap(`${name}-bundle`, bundleConfigMap(program.text, operatorNamespace), child),
    ];
  }
}
