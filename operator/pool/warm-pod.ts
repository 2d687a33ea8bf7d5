import { randomBytes } from "node:crypto";
import type { AnyObject } from "../../kube/object.ts";
import type { VDIPool, VDITemplate } from "../api/objects.ts";
import type { Pod } from "../kinds.ts";
import { credentialsSecret } from "../resources/credentials.ts";
import { annotations, labels, poolLabels } from "../resources/labels.ts";
import { controllerReference } from "../resources/metadata.ts";
import { poolId, readableName } from "../resources/names.ts";
import { networkPolicySpec } from "../resources/network-policy.ts";
import { desktopPod, desktopResources } from "../resources/pod.ts";
import { runtimeProfile } from "../resources/runtime-profiles.ts";
import type { PlanContext } from "../session/plan-context.ts";
import { turnFor } from "../session/plan-turn.ts";

export interface PoolContext extends PlanContext {
  /** What makes the name of a pod its own. */
  readonly newSuffix: () => string;
}

/** 80 bits in letters and digits: no two pods of a pool, and no two pools, have one. */
export function newSuffix(): string {
  return randomBytes(10).toString("hex");
}

/** A desktop that belongs to nobody yet. */
export function warmPod(pool: VDIPool, template: VDITemplate, context: PoolContext): AnyObject {
  const { settings, newSuffix } = context;
  const name = readableName(pool.metadata.name, newSuffix());
  return desktopPod({
    ...{ name, secretName: name },
    namespace: settings.namespace,
    owner: controllerReference("VDIPool", pool),
    labels: poolLabels(pool),
    annotations: { [annotations.templateName]: pool.spec.template },
    template,
    resources: desktopResources(template),
    homeClaim: undefined,
    settings,
    turnExpires: turnFor(name, template, context)?.expires,
  });
}

/**
 * The credentials of a pool's pod, made after it and owned by it: whoever has the pod has them, and when it goes they go,
 * whatever died in between. A kubelet that is faster waits for them.
 */
export function warmSecret(pool: VDIPool, template: VDITemplate, { metadata }: Pod, context: PoolContext): AnyObject {
  const { name, uid = "" } = metadata;
  const turn = turnFor(name, template, context);
  return credentialsSecret(
    {
      name,
      namespace: context.settings.namespace,
      labels: poolLabels(pool),
      owner: { apiVersion: "v1", kind: "Pod", name, uid },
    },
    {
      user: runtimeProfile(template.spec).streamUser,
      password: context.newPassword(),
      ...(turn && { rtcConfig: turn.rtcConfig }),
    },
  );
}

/**
 * What the desktops of a pool may be reached by, and may reach: the same as a session's. It chooses those that sessions
 * took as well, so that there is no moment without rules before the session's own.
 */
export function poolNetworkPolicy(
  pool: VDIPool,
  template: VDITemplate,
  settings: PoolContext["settings"],
): AnyObject & { metadata: { name: string } } {
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: {
      name: poolPolicyName(pool),
      namespace: settings.namespace,
      labels: poolLabels(pool),
      ownerReferences: [controllerReference("VDIPool", pool)],
    },
    spec: networkPolicySpec({ [labels.pool]: poolId(pool) }, template, settings),
  };
}

export function poolPolicyName(pool: VDIPool): string {
  return readableName(pool.metadata.name, poolId(pool));
}
