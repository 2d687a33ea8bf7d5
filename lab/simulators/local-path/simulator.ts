import { statusCode } from "../../../kube/client.ts";
import type { AnyObject, ClusterClient } from "../../../kube/client.ts";
import type { ClusterView } from "../cluster-view.ts";
import { EventRecorder } from "../events.ts";
import type { Simulator } from "../simulator.ts";
import { deletionFailure, provision, selectedNodeAnnotation } from "./provision.ts";
import type { Provisioned } from "./provision.ts";
import { provisioners } from "./provisioner.ts";
import type { Provisioner } from "./provisioner.ts";

/** Plays every local-path-provisioner whose Deployment runs: makes volumes for claims, deletes released ones. */
export function localPathSimulator(client: ClusterClient, view: ClusterView): Simulator {
  const recorders = new Map<string, EventRecorder>();
  return {
    name: "local-path",
    reads: ["claims", "volumes", "storageClasses", "deployments", "configMaps"],
    async reconcile() {
      const running = provisioners(view.all("deployments")).filter(({ isRunning }) => isRunning);
      await Promise.all(running.flatMap((one) => [...serve(one), ...cleanUp(one)]));
    },
  };

  function serve(provisioner: Provisioner): Promise<void>[] {
    const config = configOf(provisioner);
    const volumes = new Set(view.all("volumes").map(({ metadata }) => metadata?.name));
    return view.all("storageClasses").flatMap((storageClass) => {
      if (storageClass.provisioner !== provisioner.name) return [];
      return view
        .all("claims")
        .filter((claim) => awaitsVolume(claim, storageClass) && !volumes.has(`pvc-${claim.metadata?.uid ?? ""}`))
        .map((claim) => serveClaim(recorder(provisioner), claim, storageClass, config));
    });
  }

  function configOf({ namespace, configMap }: Provisioner): Record<string, string> | undefined {
    const config = view
      .all("configMaps")
      .find(({ metadata }) => metadata?.namespace === namespace && metadata.name === configMap);
    return config?.data as Record<string, string> | undefined;
  }

  /** Events carry the provisioner's name, as people see it in `kubectl describe`. */
  function recorder({ name }: Provisioner): EventRecorder {
    const known = recorders.get(name) ?? new EventRecorder(client, `${name}_local-path-provisioner`);
    recorders.set(name, known);
    return known;
  }

  async function serveClaim(
    events: EventRecorder,
    claim: AnyObject,
    storageClass: AnyObject,
    config: Record<string, string> | undefined,
  ): Promise<void> {
    const { namespace = "", name = "" } = claim.metadata ?? {};
    const message = `External provisioner is provisioning volume for claim "${namespace}/${name}"`;
    await Promise.all([
      events.record(claim, { type: "Normal", reason: "Provisioning", message }),
      make(events, claim, provision({ claim, storageClass, config })),
    ]);
  }

  async function make(events: EventRecorder, claim: AnyObject, result: Provisioned): Promise<void> {
    if ("failure" in result) {
      await events.record(claim, { type: "Warning", reason: "ProvisioningFailed", message: result.failure });
      return;
    }
    await createIfMissing(result.volume);
    const volume = result.volume.metadata?.name ?? "";
    const message = `Successfully provisioned volume ${volume}`;
    await events.record(claim, { type: "Normal", reason: "ProvisioningSucceeded", message });
  }

  async function createIfMissing(volume: AnyObject): Promise<void> {
    try {
      await client.create(volume, { fieldManager: "local-path-provisioner" });
    } catch (error) {
      if (statusCode(error) !== 409) throw error;
    }
  }

  function cleanUp(provisioner: Provisioner): Promise<void>[] {
    const config = configOf(provisioner);
    return view
      .all("volumes")
      .filter(isReleasedVolumeOf(provisioner.name))
      .map((volume) => {
        const name = volume.metadata?.name ?? "";
        const message = deletionFailure(name, config);
        return message === undefined
          ? client.delete({ apiVersion: "v1", kind: "PersistentVolume", metadata: { name } })
          : recorder(provisioner).record(volume, { type: "Warning", reason: "VolumeFailedDelete", message });
      });
  }
}

function awaitsVolume(claim: AnyObject, storageClass: AnyObject): boolean {
  const spec = claim.spec as { storageClassName?: string; volumeName?: string };
  const waitsForPod = storageClass.volumeBindingMode === "WaitForFirstConsumer";
  return (
    spec.storageClassName === storageClass.metadata?.name &&
    !spec.volumeName &&
    !claim.metadata?.deletionTimestamp &&
    (!waitsForPod || claim.metadata?.annotations?.[selectedNodeAnnotation] !== undefined)
  );
}

function isReleasedVolumeOf(provisioner: string): (volume: AnyObject) => boolean {
  return (volume) =>
    volume.metadata?.annotations?.["pv.kubernetes.io/provisioned-by"] === provisioner &&
    !volume.metadata.deletionTimestamp &&
    (volume.spec as { persistentVolumeReclaimPolicy?: string }).persistentVolumeReclaimPolicy === "Delete" &&
    (volume.status as { phase?: string } | undefined)?.phase === "Released";
}
