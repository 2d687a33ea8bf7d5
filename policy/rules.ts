import type { Rule } from "./rule.ts";
import { containerCpuLimits, containerResources } from "./rules/container-resources.ts";
import { defaultDeny } from "./rules/default-deny.ts";
import { entryPoints } from "./rules/entry-points.ts";
import { hardening } from "./rules/hardening.ts";
import { hostAccess } from "./rules/host-access.ts";
import { hostRegexp } from "./rules/host-regexp.ts";
import { k3sTraefik } from "./rules/k3s-traefik.ts";
import { kasmDatabase, kasmPinned } from "./rules/kasm-release.ts";
import { explicitProvider, oneProvider } from "./rules/one-provider.ts";
import { retainedPatches } from "./rules/patches.ts";
import { pinnedImages } from "./rules/pinned-images.ts";
import { podSecurity } from "./rules/pod-security.ts";
import { protectedData } from "./rules/protected-data.ts";
import { leastRights } from "./rules/rbac.ts";
import { releases } from "./rules/releases.ts";
import { secretFlow } from "./rules/secret-flow.ts";
import { commandSecrets, configMapSecrets, podSecrets, releaseSecrets } from "./rules/secrets.ts";
import { timeSlicingConfig, timeSlicingReference } from "./rules/time-slicing.ts";
import { turnCredentials } from "./rules/turn-credentials.ts";

/** Every rule, in the order of docs/policy.md. */
export const rules: readonly Rule[] = [
  containerResources,
  containerCpuLimits,
  hardening,
  hostAccess,
  pinnedImages,
  podSecurity,
  defaultDeny,
  leastRights,
  releaseSecrets,
  configMapSecrets,
  commandSecrets,
  podSecrets,
  secretFlow,
  releases,
  kasmDatabase,
  kasmPinned,
  timeSlicingConfig,
  timeSlicingReference,
  k3sTraefik,
  entryPoints,
  hostRegexp,
  turnCredentials,
  explicitProvider,
  oneProvider,
  retainedPatches,
  protectedData,
];
