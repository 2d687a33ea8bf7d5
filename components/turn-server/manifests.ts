import type * as k8s from "@pulumi/kubernetes";
import { imageReference, pullSecrets } from "../objects/image.ts";
import type { Registry } from "../objects/image.ts";
import { ownField } from "../objects/pod-field.ts";
import { natConfigFile, plainConfigFile, turnPaths } from "./config.ts";
import type { TurnConfigArgs, TurnPorts } from "./config.ts";

type PodSpec = k8s.types.input.core.v1.PodSpec;

/** Tag that the rest is written for: the options of coturn change between versions. */
export const coturnImage = "coturn/coturn:4.17.0-r0-alpine";

/** Name of DaemonSet, Secret and labels. */
export const turnName = "coturn";
export const turnLabels = { "app.kubernetes.io/name": turnName };

export interface TurnPodArgs extends Pick<TurnConfigArgs, "ports" | "nat" | "tlsSecretName"> {
  /** Nodes that browsers can reach; without any it is every node. */
  readonly nodeLabels: Readonly<Record<string, string>>;
  readonly image: string;
  readonly registry: Registry;
}

/** Ways in which a browser can reach the server. */
export function turnTransports(tlsSecretName: string | undefined): string[] {
  return ["udp", "tcp", ...(tlsSecretName === undefined ? [] : ["tls"])];
}

/**
 * The pod: in the network of its node, since no Service has port ranges and a load balancer would part the streams of
 * one client. Media are encrypted end to end; the server sees no content.
 */
export function turnPodSpec({ ports, nat, tlsSecretName, nodeLabels, image, registry }: TurnPodArgs): PodSpec {
  const isBehindNat = Object.keys(nat ?? {}).length > 0;
  const file = isBehindNat ? natConfigFile("$(NODE_ADDRESS)") : plainConfigFile;
  const probe = { tcpSocket: { port: ports.listen } };
  return {
    hostNetwork: true,
    // The pod can run on its node alone: where others have filled that, they make room.
    priorityClassName: "system-cluster-critical",
    dnsPolicy: "ClusterFirstWithHostNet",
    nodeSelector: { "kubernetes.io/os": "linux", ...nodeLabels },
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 10,
    ...pullSecrets(registry),
    securityContext: {
      runAsNonRoot: true,
      // nobody, as in the image.
      runAsUser: 65_534,
      runAsGroup: 65_534,
      fsGroup: 65_534,
      seccompProfile: { type: "RuntimeDefault" },
    },
    containers: [
      {
        name: turnName,
        image: imageReference(image, registry),
        // Past the image's entry point, which asks a server on the internet for the public address.
        command: ["turnserver", "-c", `${turnPaths.config}/${file}`],
        ...(isBehindNat && {
          env: [{ name: "NODE_ADDRESS", valueFrom: ownField("status.hostIP") }],
        }),
        ports: containerPorts(ports, tlsSecretName),
        startupProbe: { ...probe, periodSeconds: 2, failureThreshold: 30 },
        livenessProbe: { ...probe, periodSeconds: 20 },
        readinessProbe: { ...probe, periodSeconds: 10 },
        resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { cpu: "2", memory: "512Mi" } },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          // The image's binary carries this capability; where the container lacks it, the kernel does not start it.
          capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] },
        },
        volumeMounts: [
          { name: "config", mountPath: turnPaths.config, readOnly: true },
          { name: "data", mountPath: turnPaths.data },
          ...(tlsSecretName === undefined ? [] : [{ name: "tls", mountPath: turnPaths.tls, readOnly: true }]),
        ],
      },
    ],
    volumes: [
      { name: "config", secret: { secretName: turnName, defaultMode: 0o440 } },
      { name: "data", emptyDir: { sizeLimit: "64Mi" } },
      ...(tlsSecretName === undefined
        ? []
        : [{ name: "tls", secret: { secretName: tlsSecretName, defaultMode: 0o440 } }]),
    ],
  };
}

// With hostNetwork these are ports of the node, so that no two servers land on one. The relay range is not listed.
function containerPorts({ listen, tls }: TurnPorts, tlsSecretName: string | undefined) {
  const port = (name: string, number: number, protocol: string) => ({
    name,
    containerPort: number,
    hostPort: number,
    protocol,
  });
  return [
    port("turn-udp", listen, "UDP"),
    port("turn-tcp", listen, "TCP"),
    ...(tlsSecretName === undefined ? [] : [port("turn-tls", tls, "TCP")]),
  ];
}
