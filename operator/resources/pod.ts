import type { VDISession, VDITemplate } from "../api/objects.ts";
import type { AnyObject, OwnerReference } from "../../kube/object.ts";
import type { Settings } from "../settings.ts";
import { familyPorts } from "./family-ports.ts";
import { annotations } from "./labels.ts";
import { shortHash } from "./names.ts";
import { homeCheck, rtcContainers, rtcMount, rtcVolumes } from "./pod-init.ts";
import { podSecurity } from "./pod-security.ts";
import { probes, streamPort } from "./probes.ts";
import {
  applicationsVariable,
  reservedVariables,
  rtcConfigPath,
  runtimeProfile,
  visibleGpus,
} from "./runtime-profiles.ts";
import type { RuntimeProfile } from "./runtime-profiles.ts";

export interface DesktopPodArgs {
  readonly name: string;
  readonly namespace: string;
  readonly owner: OwnerReference;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly template: VDITemplate;
  readonly resources: DesktopResources;
  /** Claim of the home volume; undefined for a desktop without one. */
  readonly homeClaim: string | undefined;
  readonly settings: Pick<Settings, "pullSecret">;
  /** Unix time at which the TURN credentials in the Secret end; undefined without TURN. */
  readonly turnExpires: number | undefined;
  /** Hostnames of the nodes to run on rather than on others. */
  readonly preferredHosts?: readonly string[];
}

export interface DesktopResources {
  readonly gpu: number;
  readonly cpu: string;
  readonly memory: string;
}

/** Name of the container that streams. */
export const desktopContainer = "desktop";

// Where a template says nothing.
const defaults: DesktopResources = { gpu: 0, cpu: "1", memory: "2Gi" };

/** What a desktop gets: what its session asks for, else what the template gives. GPU slices are never more than one. */
export function desktopResources(template: VDITemplate, asked: VDISession["spec"]["resources"] = {}): DesktopResources {
  const given = template.spec.resources.default ?? {};
  return {
    gpu: Math.min(1, asked.gpu ?? given.gpu ?? defaults.gpu),
    cpu: String(asked.cpu ?? given.cpu ?? defaults.cpu),
    memory: String(asked.memory ?? given.memory ?? defaults.memory),
  };
}

/** The pod of one desktop, with the hash of all that it was made from. Its Secret has the pod's name. */
export function desktopPod(args: DesktopPodArgs): AnyObject {
  const { template, resources, turnExpires } = args;
  const spec = podSpec(args, runtimeProfile(template.spec));
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: args.name,
      namespace: args.namespace,
      labels: { ...args.labels },
      annotations: {
        ...args.annotations,
        [annotations.podHash]: podHash(args),
        ...(resources.gpu > 0 && { [annotations.gpuResource]: template.spec.gpuResourceName }),
        ...(turnExpires !== undefined && { [annotations.turnExpires]: String(turnExpires) }),
      },
      ownerReferences: [args.owner],
    },
    spec,
  };
}

/** Of what decides about a pod's content, apart from whose it is: two pods with one hash are alike. */
export function podHash(args: Pick<DesktopPodArgs, "template" | "resources" | "homeClaim" | "settings">): string {
  const { template, resources, homeClaim, settings } = args;
  const anybodys = { name: "", namespace: "", labels: {}, annotations: {}, owner: nobody, turnExpires: undefined };
  const spec = podSpec({ ...anybodys, template, resources, homeClaim, settings }, runtimeProfile(template.spec));
  return shortHash(JSON.stringify(spec));
}

const nobody: OwnerReference = { apiVersion: "", kind: "", name: "", uid: "" };

function podSpec(args: DesktopPodArgs, profile: RuntimeProfile): Record<string, unknown> {
  const { name, template, resources, homeClaim, settings, preferredHosts = [] } = args;
  const { spec } = template;
  const usesWebRtc = spec.stream === "WebRTC" && profile.rtcConfigVariable !== undefined;
  const security = podSecurity({ profile: spec.securityProfile, userId: profile.userId });
  const beside = { image: spec.image, imagePullPolicy: "IfNotPresent", securityContext: security.container };
  const preparations = [
    ...(homeClaim !== undefined ? [{ ...beside, ...homeCheck(profile.home) }] : []),
    ...(usesWebRtc ? rtcContainers().map((container) => ({ ...beside, ...container })) : []),
  ];
  return {
    restartPolicy: "Always",
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    // A desktop saves its windows' state when it is told to end.
    terminationGracePeriodSeconds: 30,
    ...(spec.runtimeClassName !== undefined && { runtimeClassName: spec.runtimeClassName }),
    ...(spec.nodeSelector && { nodeSelector: spec.nodeSelector }),
    ...(settings.pullSecret !== undefined && { imagePullSecrets: [{ name: settings.pullSecret }] }),
    securityContext: security.pod,
    tolerations: tolerations(resources, spec.gpuResourceName),
    ...(preferredHosts.length > 0 && { affinity: affinity(preferredHosts) }),
    ...(preparations.length > 0 && { initContainers: preparations }),
    containers: [
      {
        name: desktopContainer,
        image: spec.image,
        imagePullPolicy: "IfNotPresent",
        env: environment(name, spec, profile, { usesWebRtc, hasGpu: resources.gpu > 0 }),
        ports: [{ name: streamPort, containerPort: profile.port, protocol: "TCP" }],
        resources: containerResources(resources, spec),
        securityContext: security.container,
        ...probes(spec, profile),
        // The last line of the log becomes part of the status, without the right to read logs.
        terminationMessagePolicy: "FallbackToLogsOnError",
        volumeMounts: [
          { name: "shm", mountPath: "/dev/shm" },
          ...(homeClaim !== undefined ? [{ name: "home", mountPath: profile.home }] : []),
          ...(usesWebRtc ? [rtcMount] : []),
        ],
      },
    ],
    volumes: [
      { name: "shm", emptyDir: { medium: "Memory", sizeLimit: String(spec.shmSize) } },
      ...(homeClaim !== undefined ? [{ name: "home", persistentVolumeClaim: { claimName: homeClaim } }] : []),
      ...(usesWebRtc ? rtcVolumes(name) : []),
    ],
  };
}

function environment(
  secretName: string,
  spec: VDITemplate["spec"],
  profile: RuntimeProfile,
  { usesWebRtc, hasGpu }: { usesWebRtc: boolean; hasGpu: boolean },
) {
  const ours = reservedVariables(spec);
  return [
    // Many images say `all`, which the runtime takes for every GPU of the node where no device plugin says otherwise.
    ...(hasGpu ? [] : [{ name: visibleGpus, value: "void" }]),
    // Under CDI the devices come whatever this says; the older way mounts what it names, and Vulkan needs display.
    ...(hasGpu && !spec.env?.some(({ name }) => name === capabilities) ? [{ name: capabilities, value: "all" }] : []),
    ...(spec.env ?? []).filter(({ name }) => !ours.has(name)),
    ...(spec.applications?.length ? [{ name: applicationsVariable, value: spec.applications.join(",") }] : []),
    ...streamPortVariable(spec),
    ...Object.entries(profile.environment).map(([name, value]) => ({ name, value })),
    ...(usesWebRtc && profile.rtcConfigVariable ? [{ name: profile.rtcConfigVariable, value: rtcConfigPath }] : []),
    ...Object.entries(profile.credentials).map(([name, key]) => ({
      name,
      valueFrom: { secretKeyRef: { name: secretName, key } },
    })),
  ];
}

/** A port that a template asks the stream on is where the image has to listen. */
function streamPortVariable(spec: VDITemplate["spec"]) {
  const { port } = spec.runtime;
  const variable = familyPorts(spec)?.variable;
  if (port === undefined || variable === undefined || spec.env?.some(({ name }) => name === variable)) return [];
  return [{ name: variable, value: String(port) }];
}

const capabilities = "NVIDIA_DRIVER_CAPABILITIES";

/** GPU slices have no request of their own: the API server takes the limit for it. */
function containerResources({ gpu, cpu, memory }: DesktopResources, spec: VDITemplate["spec"]) {
  return {
    // Without a request of its own the limit would be asked of the node, which most desktops never use.
    requests: { cpu, memory, "ephemeral-storage": "0" },
    limits: {
      ...{ cpu, memory, "ephemeral-storage": String(spec.ephemeralStorage) },
      ...(gpu > 0 && { [spec.gpuResourceName]: "1" }),
    },
  };
}

/** A node that is gone gives its desktops up after a minute; nodes for GPUs are often tainted with the resource's name. */
function tolerations({ gpu }: DesktopResources, gpuResourceName: string) {
  const soon = (key: string) => ({ key, operator: "Exists", effect: "NoExecute", tolerationSeconds: 60 });
  return [
    soon("node.kubernetes.io/not-ready"),
    soon("node.kubernetes.io/unreachable"),
    ...(gpu > 0 ? [{ key: gpuResourceName, operator: "Exists", effect: "NoSchedule" }] : []),
  ];
}

function affinity(hosts: readonly string[]) {
  const matchExpressions = [{ key: "kubernetes.io/hostname", operator: "In", values: [...hosts] }];
  return {
    nodeAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, preference: { matchExpressions } }],
    },
  };
}
