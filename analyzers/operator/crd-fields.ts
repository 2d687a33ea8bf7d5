/**
 * Fields of the product's kinds, by the name of their definition: what this version reads and writes. A test holds them
 * against the definitions that the program installs.
 */
export const crdFields: Readonly<
  Record<string, { readonly spec: readonly string[]; readonly status: readonly string[] }>
> = {
  "vdisessions.vdi.kasm.io": {
    spec: ["user", "template", "desiredState", "groups", "resources", "persistence", "timeout", "idle", "access"],
    status: [
      ...["observedGeneration", "phase", "conditions", "podName", "homeClaimName", "credentialsSecretName", "launch"],
      ...["nodeName", "url", "startTime", "readyTime", "lastActivity", "expiresAt", "restarts", "message"],
    ],
  },
  "vditemplates.vdi.kasm.io": {
    spec: [
      ...["image", "displayName", "description", "icon", "runtime", "resources", "env", "applications"],
      ...["gpuResourceName", "ephemeralStorage", "shmSize", "securityProfile", "networkMode", "runtimeClassName"],
      ...["access", "stream", "progressDeadline", "nodeSelector", "home", "desktopPolicy", "allowed"],
    ],
    status: ["observedGeneration", "conditions", "sessions"],
  },
  "vdipools.vdi.kasm.io": {
    spec: ["template", "replicas", "schedule", "demand"],
    status: ["observedGeneration", "replicas", "readyReplicas", "desiredReplicas", "selector", "conditions"],
  },
};
