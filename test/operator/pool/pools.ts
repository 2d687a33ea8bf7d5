import type { VDIPool } from "../../../operator/api/objects.ts";
import type { Pod } from "../../../operator/kinds.ts";
import { warmPodHash } from "../../../operator/pool/pool-pods.ts";
import type { PoolView } from "../../../operator/pool/view.ts";
import { poolNetworkPolicy } from "../../../operator/pool/warm-pod.ts";
import { toChild } from "../../../operator/resources/fingerprint.ts";
import { annotations, poolLabels } from "../../../operator/resources/labels.ts";
import { controllerReference } from "../../../operator/resources/metadata.ts";
import { settings } from "../session/settings.ts";
import { ago, template } from "../status/views.ts";

export function pool(spec: Partial<VDIPool["spec"]> = {}, status?: VDIPool["status"]): VDIPool {
  return {
    metadata: { name: "office", namespace: "kasm-vdi", uid: "pool-1", generation: 1 },
    spec: { template: "ubuntu", replicas: 2, ...spec },
    ...(status && { status }),
  };
}

export type State = "ready" | "starting" | "unplaced" | "failed" | "ending";

let made = 0;

/** A pod of the pool, by default one that a session can take. */
export function warm(
  state: State = "ready",
  { age = 60, hash = warmPodHash(template(), settings), name = `office-${++made}` } = {},
): Pod {
  const placed = state === "unplaced" ? "False" : "True";
  return {
    metadata: {
      name,
      namespace: "kasm-vdi",
      uid: `uid-${name}`,
      resourceVersion: "7",
      labels: poolLabels(pool()),
      annotations: { [annotations.podHash]: hash },
      ownerReferences: [controllerReference("VDIPool", pool())],
      creationTimestamp: ago(age),
      ...(state === "ending" && { deletionTimestamp: ago(1) }),
    },
    status: {
      phase: state === "failed" ? "Failed" : state === "ready" ? "Running" : "Pending",
      conditions: [
        {
          type: "PodScheduled",
          status: placed,
          ...(state === "unplaced" && { reason: "Unschedulable", message: full }),
        },
        { type: "Ready", status: state === "ready" ? "True" : "False" },
      ],
    },
  };
}

const full = "0/1 nodes are available: 1 Insufficient nvidia.com/gpu.";

/** A pool with its policy; `changes` are what the test is about. */
export function poolView(changes: Partial<PoolView> = {}): PoolView {
  return {
    pool: pool(),
    template: template(),
    templateFault: undefined,
    pods: [],
    withoutSecret: new Set(),
    networkPolicy: toChild(poolNetworkPolicy(changes.pool ?? pool(), changes.template ?? template(), settings)),
    recentStarts: [],
    takenMs: [],
    refusals: [],
    holdsBack: false,
    isAdmitted: () => false,
    ...changes,
  };
}
