import type { Analyzer } from "./analyzer.ts";
import { claimVolumes } from "./claim-volumes.ts";
import { imagePulls } from "./image-pulls.ts";
import { initDeadlocks } from "./init-deadlock.ts";
import { podContainers } from "./pod-containers.ts";
import { podEndings } from "./pod-endings.ts";
import { podScheduling } from "./pod-scheduling.ts";
import { podVolumes } from "./pod-volumes.ts";
import { sessionStates } from "./session-states.ts";
import { storageConfig } from "./storage-config.ts";
import { workloadPods } from "./workload-pods.ts";

/** Every analyzer, in the order of areas. */
export const analyzers: readonly Analyzer[] = [
  sessionStates,
  storageConfig,
  claimVolumes,
  podVolumes,
  initDeadlocks,
  podScheduling,
  imagePulls,
  podContainers,
  podEndings,
  workloadPods,
];
