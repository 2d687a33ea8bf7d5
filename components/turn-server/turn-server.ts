import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { contentHash } from "../objects/content-hash.ts";
import { namespaceArgs } from "../objects/namespace.ts";
import { denyAll } from "../objects/network-policy.ts";
import { pullSecret } from "../objects/pull-secret.ts";
import { gateAfter } from "../gates/rollout.ts";
import type { ClusterAccess } from "../gates/script.ts";
import { skipAwait } from "../objects/skip-await.ts";
import { turnConfigFiles } from "./config.ts";
import type { TurnConfigArgs, TurnPorts } from "./config.ts";
import { turnLabels, turnName, turnPodSpec, turnTransports } from "./manifests.ts";
import type { TurnPodArgs } from "./manifests.ts";

export interface TurnServerArgs extends TurnConfigArgs, TurnPodArgs {
  readonly namespace: string;
  /** Name that browsers find the TURN nodes by: `turn.desktops.example.com`. */
  readonly host: string;
  readonly cluster: ClusterAccess;
  /** For the server to run on its nodes. */
  readonly timeoutSeconds: number;
}

/** How to reach the server; without its secret, so that it can be an output. */
export interface TurnEndpoint {
  readonly host: string;
  readonly realm: string;
  readonly ports: TurnPorts;
  /** `udp`, `tcp` and, with a certificate, `tls`. */
  readonly transports: readonly string[];
}

/**
 * coturn for WebRTC through firewalls, on the network of its nodes. Whoever knows the shared secret can make credentials
 * that expire (the user name is `EXPIRY:USER`, the password its HMAC-SHA1); nobody has a lasting one.
 */
export class TurnServer extends pulumi.ComponentResource {
  readonly endpoint: TurnEndpoint;
  /** What credentials are made with, for the VDI operator; a secret. */
  readonly sharedSecret: pulumi.Output<string>;
  /** Name of the Secret that holds coturn's configuration, shared secret included. */
  readonly secretName: pulumi.Output<string>;
  /** All that needs an API server that is there. A gate rides out one that is away. */
  readonly objects: readonly pulumi.Resource[];

  constructor(name: string, args: TurnServerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kasm:turn:TurnServer", name, { host: args.host }, opts);
    const child = { parent: this };
    const namespace = new k8s.core.v1.Namespace(
      `${name}-namespace`,
      // Only privileged namespaces let a pod into the node's network.
      namespaceArgs(args.namespace, "privileged"),
      child,
    );
    const inNamespace = { ...child, dependsOn: namespace, deletedWith: namespace };
    new k8s.networking.v1.NetworkPolicy(`${name}-default-deny`, denyAll(args.namespace), inNamespace);

    const sharedSecret = new random.RandomPassword(`${name}-shared-secret`, { length: 43, special: false }, child);
    const files = sharedSecret.result.apply((secret) => turnConfigFiles(args, secret));
    const config = new k8s.core.v1.Secret(
      `${name}-config`,
      { metadata: { name: turnName, namespace: args.namespace }, stringData: files },
      inNamespace,
    );
    const server = new k8s.apps.v1.DaemonSet(
      `${name}-server`,
      {
        metadata: { name: turnName, namespace: args.namespace, labels: turnLabels, annotations: skipAwait },
        spec: {
          selector: { matchLabels: turnLabels },
          // One node at a time; a new pod cannot start beside the old one, which has its ports.
          updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } },
          template: {
            metadata: {
              labels: turnLabels,
              // coturn reads its file once, so a change has to roll the pods. The hash of a long random value tells nothing.
              annotations: {
                "vdi.kasm.io/config-hash": pulumi.unsecret(files.apply((content) => contentHash(content, 16))),
              },
            },
            spec: turnPodSpec(args),
          },
        },
      },
      {
        ...inNamespace,
        dependsOn: [namespace, config, ...pullSecret(name, args.namespace, args.registry, inNamespace)],
      },
    );

    const { cluster, timeoutSeconds } = args;
    const workload = { kind: "DaemonSet", name: turnName };
    const input = { namespace: args.namespace, workload, timeoutSeconds };
    gateAfter(`${name}-rollout`, server, { run: "rollout", cluster, input }, child);
    this.objects = [server];

    const { host, realm, ports, tlsSecretName } = args;
    this.endpoint = { host, realm, ports, transports: turnTransports(tlsSecretName) };
    this.sharedSecret = sharedSecret.result;
    this.secretName = config.metadata.name;
    this.registerOutputs({ endpoint: this.endpoint, secretName: this.secretName });
  }
}
