/**
 * What a reason says about the session's way to a desktop that can be reached:
 * `moving` and `slow` go on by themselves, until the progress deadline; `stuck` needs somebody who changes something;
 * `ending` and `settled` are where a session ought to be.
 */
export type ReasonKind = "ending" | "settled" | "stuck" | "slow" | "moving";

/**
 * Every reason of the condition Ready, the most important first: of all that is found, the first decides. What stands
 * in the way earlier in a desktop's life stands before what follows from it.
 */
export const readyReasons = {
  // What the session is meant to do.
  Terminating: "ending",
  NamespaceTerminating: "ending",
  Expired: "ending",
  Suspended: "settled",
  Suspending: "moving",
  // Nothing can be made.
  TemplateMissing: "stuck",
  TemplateInvalid: "stuck",
  NotAllowed: "stuck",
  ResourcesExceeded: "stuck",
  TurnUnavailable: "slow",
  AccessRevoked: "slow",
  TooManySessions: "stuck",
  ClaimLost: "stuck",
  ClaimTerminating: "slow",
  HomeInUse: "stuck",
  QuotaExceeded: "slow",
  LimitRangeExceeded: "stuck",
  PodSecurityRefused: "stuck",
  RuntimeClassMissing: "stuck",
  WebhookDenied: "stuck",
  WebhookUnreachable: "slow",
  PolicyDenied: "stuck",
  WriteForbidden: "stuck",
  WriteInvalid: "stuck",
  WriteFailed: "slow",
  NameTaken: "stuck",
  ChildContested: "stuck",
  RouteKindMissing: "stuck",
  // The node, under a pod that had one.
  NodeLost: "slow",
  Evicted: "slow",
  UnexpectedAdmissionError: "slow",
  NodeRefused: "slow",
  TerminatingStuck: "slow",
  Replacing: "moving",
  // No node, for a pod that needs one.
  AllNodesUnready: "slow",
  VolumeOnOtherNode: "slow",
  GpuResourceRenamed: "slow",
  NoGpuNode: "slow",
  TimeSlicingNotApplied: "slow",
  GpuSlicesInUse: "slow",
  MemoryShort: "slow",
  CpuShort: "slow",
  ResourceShort: "slow",
  NodesFull: "slow",
  StorageClassMissing: "slow",
  NoDefaultStorageClass: "slow",
  AccessModeRefused: "slow",
  ProvisioningTimedOut: "slow",
  ProvisioningFailed: "slow",
  ProvisionerMissing: "slow",
  ProvisionerNotReady: "slow",
  ClaimPending: "slow",
  ClaimMissing: "slow",
  ClaimNotBound: "slow",
  NodesUnderPressure: "slow",
  NodesUninitialized: "slow",
  NodeSelectorUnmatched: "slow",
  Tainted: "slow",
  NodesCordoned: "slow",
  Unschedulable: "slow",
  // On its node.
  SecretMissing: "slow",
  ConfigMapMissing: "slow",
  ConfigKeyMissing: "slow",
  VolumeInUse: "slow",
  VolumePathMissing: "slow",
  NfsDenied: "slow",
  VolumeNotMounted: "slow",
  RuntimeNotConfigured: "slow",
  NetworkPluginFailed: "slow",
  SandboxFailed: "slow",
  ImageNameInvalid: "slow",
  ImageNotFound: "slow",
  ImageNotAuthorized: "slow",
  ImageRateLimited: "slow",
  ImageNeverPulled: "slow",
  ImagePlatformMissing: "slow",
  ImageVerificationFailed: "slow",
  RegistryHostUnknown: "slow",
  RegistryUnreachable: "slow",
  RegistryCertificateUntrusted: "slow",
  RegistryPlainHttp: "slow",
  RegistryProxyDenied: "slow",
  ImagePullFailed: "slow",
  ImageRunsAsRoot: "slow",
  ContainerConfigError: "slow",
  GpuDriverMismatch: "slow",
  GpuNotUsable: "slow",
  ExecFormatError: "slow",
  CommandNotFound: "slow",
  CommandNotExecutable: "slow",
  ContainerStartFailed: "slow",
  SelinuxDenied: "slow",
  NfsRootSquash: "slow",
  VolumeReadOnly: "slow",
  VolumeNotPermitted: "slow",
  NodeDiskFull: "slow",
  VolumeFull: "slow",
  OutOfMemory: "slow",
  ImageNeedsRoot: "slow",
  DeviceDenied: "slow",
  KilledByProbe: "slow",
  CrashLoop: "slow",
  InitStuck: "slow",
  PodFailed: "slow",
  ProbeFailing: "slow",
  // Between the desktop and its user.
  RouteMissing: "slow",
  StreamNotAnswering: "slow",
  // As it goes.
  HomeProvisioning: "moving",
  Scheduling: "moving",
  PullingImage: "moving",
  Starting: "moving",
  Creating: "moving",
  Ready: "settled",
} as const satisfies Record<string, ReasonKind>;

/** Reasons that only other conditions have. */
export const otherReasons = {
  Stalled: ["ProgressDeadlineExceeded"],
  PodScheduled: ["Scheduled"],
  HomeBound: ["Bound"],
  Routed: ["Routed", "RoutePending"],
  Active: ["Connected", "Idle", "IdleWarning", "NotKnown"],
  Expiring: ["TimeoutWarning"],
} as const;

export type ReadyReason = keyof typeof readyReasons;
export type Reason = ReadyReason | (typeof otherReasons)[keyof typeof otherReasons][number];

/** One thing that is the case. The message says what, with which object, and what to do; it never moves with time alone. */
export interface Finding {
  readonly reason: ReadyReason;
  readonly message: string;
}

const order = Object.keys(readyReasons) as ReadyReason[];

/** The finding that the others follow from, or that outlasts them. */
export function mostImportant(findings: readonly (Finding | undefined)[]): Finding | undefined {
  return findings
    .filter((it) => it !== undefined)
    .reduce<Finding | undefined>(
      (first, it) => (first && order.indexOf(first.reason) <= order.indexOf(it.reason) ? first : it),
      undefined,
    );
}
