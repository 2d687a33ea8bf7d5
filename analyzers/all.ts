import type { Analyzer } from "./analyzer.ts";
import { limitRanges } from "./api/limit-ranges.ts";
import { namespaces } from "./api/namespaces.ts";
import { quotas } from "./api/quotas.ts";
import { clockSkew, versions } from "./api/versions.ts";
import { webhooks } from "./api/webhooks.ts";
import { claimVolumes } from "./storage/claim-volumes.ts";
import { coreDns } from "./dns/core-dns.ts";
import { dnsEgress } from "./dns/egress.ts";
import { serviceEndpoints } from "./dns/service-endpoints.ts";
import { gpuAnalyzers } from "./gpu/all.ts";
import { imagePulls } from "./images/image-pulls.ts";
import { slowPulls } from "./images/slow-pulls.ts";
import { initDeadlocks } from "./scheduling/init-deadlock.ts";
import { insidePaths } from "./network/inside.ts";
import { kasmAgents } from "./kasm/agents.ts";
import { databaseInit } from "./kasm/database-init.ts";
import { databasePassword } from "./kasm/database-password.ts";
import { databases } from "./kasm/databases.ts";
import { initWaits } from "./kasm/init-waits.ts";
import { kasmPodSecurity } from "./kasm/pod-security.ts";
import { kasmVersions } from "./kasm/versions.ts";
import { nodeAnalyzers } from "./nodes/all.ts";
import { crds } from "./operator/crds.ts";
import { operatorLease } from "./operator/lease.ts";
import { pools } from "./operator/pools.ts";
import { operatorRights } from "./operator/rights.ts";
import { operatorStanding } from "./operator/standing.ts";
import { templateChecks } from "./operator/templates.ts";
import { missingObjects } from "./containers/missing-objects.ts";
import { podContainers } from "./containers/pod-containers.ts";
import { podEndings } from "./containers/pod-endings.ts";
import { podScheduling } from "./scheduling/pod-scheduling.ts";
import { podVolumes } from "./storage/pod-volumes.ts";
import { helmCharts } from "./releases/helm-charts.ts";
import { helmReleases } from "./releases/helm-releases.ts";
import { runLogs } from "./runs/runs.ts";
import { sessionStates } from "./sessions/session-states.ts";
import { storageConfig } from "./storage/storage-config.ts";
import { streamAnalyzers } from "./streams/all.ts";
import { tlsAnalyzers } from "./tls/all.ts";
import { traefikAnalyzers } from "./traefik/all.ts";
import { turnAnalyzers } from "./turn/all.ts";
import { workloadPods } from "./workloads/workload-pods.ts";

/** Every analyzer, in the order of areas. */
export const analyzers: readonly Analyzer[] = [
  ...[versions, clockSkew, webhooks, quotas, limitRanges, namespaces],
  ...[operatorStanding, operatorLease, operatorRights, crds],
  ...[templateChecks, pools, sessionStates],
  ...[helmReleases, helmCharts, runLogs],
  ...[...nodeAnalyzers, ...gpuAnalyzers],
  ...[storageConfig, claimVolumes, podVolumes],
  ...[initDeadlocks, podScheduling],
  ...[imagePulls, slowPulls],
  ...[missingObjects, podContainers, podEndings, workloadPods],
  ...[coreDns, serviceEndpoints, dnsEgress, insidePaths],
  ...[initWaits, databaseInit, databasePassword, kasmPodSecurity, kasmVersions, databases, kasmAgents],
  ...[...traefikAnalyzers, ...tlsAnalyzers, ...streamAnalyzers, ...turnAnalyzers],
];
