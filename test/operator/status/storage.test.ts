import { expect } from "chai";
import type { ClusterEvent, PersistentVolumeClaim } from "../../../operator/kinds.ts";
import { sessionStatus } from "../../../operator/status/session-status.ts";
import { expectReady, readyTable } from "./ready.ts";
import { ago, container, home, nothingYet, now, pod, podWith, session, settings, view } from "./views.ts";

const event = (reason: string, message: string, seconds = 5): ClusterEvent => ({
  type: "Warning",
  reason,
  message,
  lastTime: ago(seconds),
});

const pending = (...events: ClusterEvent[]) => view({ pod: pod(), home: home("Pending"), events });

/** On its node, before any container runs. */
const settingUp = (...events: ClusterEvent[]) =>
  view({
    pod: pod({ containerStatuses: [container({ state: { waiting: { reason: "ContainerCreating" } } })] }, "gpu-1"),
    events,
  });

const endedSaying = (message: string, isInit = true) => {
  const ended = { terminated: { exitCode: 1, reason: "Error", message } };
  const one = container({
    name: isInit ? "home" : "desktop",
    restartCount: 3,
    state: { waiting: { reason: "CrashLoopBackOff" } },
    lastState: ended,
  });
  return view({ pod: isInit ? podWith([container()], [one]) : podWith([one]) });
};

describe("why a home volume is not there", () => {
  readyTable({
    "the provisioner fails: quotes its words": [
      pending(
        event(
          "ProvisioningFailed",
          'failed to provision volume with StorageClass "local-path": failed to create volume pvc-1: create process timeout after 120 seconds',
        ),
      ),
      [
        "ProvisioningTimedOut",
        "home-alice cannot be made",
        "create process timeout after 120 seconds",
        "docs/components/storage.md",
      ],
    ],
    "its StorageClass does not exist": [
      pending(event("ProvisioningFailed", 'storageclass.storage.k8s.io "fast" not found')),
      ["StorageClassMissing", "StorageClass fast, which does not exist", "kubectl get storageclass"],
    ],
    "it names no class, and there is no default one": [
      pending(event("FailedBinding", "no persistent volumes available for this claim and no storage class is set")),
      ["NoDefaultStorageClass", "no default one"],
    ],
    "its volume is lost": [
      nothingYet({ home: home("Lost") }),
      ["ClaimLost", "home-alice has lost its PersistentVolume pvc-1"],
    ],
    "it is being deleted": [
      nothingYet({ home: { ...home("Bound"), metadata: { name: "home-alice", deletionTimestamp: ago(5) } } }),
      ["ClaimTerminating", "is being deleted"],
    ],
    "another session has it: names that and what to do": [
      nothingYet({ home: home("Bound"), homeHolder: { ...session(), metadata: { name: "alice-2" } } }),
      ["HomeInUse", "in use by session alice-2", "Suspend or delete that session"],
    ],
    "the pod of a session that is gone still has it: names that": [
      nothingYet({ home: home("Bound"), homeRemains: { metadata: { name: "alice-old" } } }),
      ["Replacing", "Pod alice-old still has the home volume", "Delete the pod if"],
    ],
  });

  it("waits for the desktop's node with WaitForFirstConsumer, which is no problem", () => {
    const waiting = pending(event("WaitForFirstConsumer", "waiting for first consumer to be created before binding"));
    expectReady(waiting, ["HomeProvisioning", "made as soon as the desktop has a node"]);
    const starting = { ...waiting, pod: { ...pod(), metadata: { ...pod().metadata, creationTimestamp: ago(2) } } };
    expectReady(starting, ["Creating"]);
  });

  it("is of no interest to a session without home, nor to a desktop that runs", () => {
    const without = session({ spec: { persistence: { enabled: false, size: "1Gi", reclaim: "Retain" } } });
    const status = sessionStatus(view({ session: without, home: undefined }), settings, now);
    expect(status).not.to.have.property("homeClaimName");
    expect(status.conditions?.map(({ type }) => type)).not.to.include("HomeBound");
    expectReady(view({ home: home("Lost") }), ["Ready"]);
  });
});

describe("why a volume is not mounted", () => {
  readyTable({
    "a Secret is missing": [
      settingUp(event("FailedMount", 'MountVolume.SetUp failed for volume "rtc" : secret "alice-x" not found')),
      ["SecretMissing", 'volume "rtc" : secret "alice-x" not found', "Create Secret alice-x"],
    ],
    "another node still has it": [
      settingUp(
        event("FailedAttachVolume", 'Multi-Attach error for volume "pvc-1" Volume is already used by pod(s) alice-w'),
      ),
      ["VolumeInUse", "Another node still has the volume"],
    ],
    "the exact words count, not the summary that follows": [
      settingUp(
        event("FailedMount", 'MountVolume.SetUp failed for volume "home" : mount failed: exit status 32', 9),
        event(
          "FailedMount",
          "Unable to attach or mount volumes: unmounted volumes=[home], unattached volumes=[home]: timed out waiting for the condition",
          3,
        ),
      ),
      ["VolumeNotMounted", "exit status 32"],
    ],
    "the kubelet itself may not": [
      settingUp(
        event("FailedMount", 'MountVolume.SetUp failed for volume "pvc-1" : mkdir /var/lib/rancher: permission denied'),
      ),
      ["VolumeNotPermitted", "permission denied"],
    ],
    "it was so once, and images are pulled by now": [
      settingUp(event("FailedMount", "MountVolume.SetUp failed", 20), event("Pulling", 'Pulling image "a"', 10)),
      ["PullingImage"],
    ],
    "it was so under another pod": [settingUp(event("FailedMount", "MountVolume.SetUp failed", 90)), ["Starting"]],
    "there is no sandbox to mount it in: the runtime is not installed": [
      settingUp(
        event(
          "FailedCreatePodSandBox",
          'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox runtime: no runtime for "nvidia" is configured',
        ),
      ),
      ["RuntimeNotConfigured", "containerd on gpu-1 has no runtime nvidia"],
    ],
    "there is no sandbox to mount it in: the network plugin fails": [
      settingUp(
        event(
          "FailedCreatePodSandBox",
          `Failed to create pod sandbox: failed to setup network for sandbox "${"0a".repeat(32)}": no IP addresses available in range`,
        ),
      ),
      ["NetworkPluginFailed", "no IP addresses available in range", /^(?!.*0a0a)/],
    ],
  });
});

const full =
  "touch: cannot touch '/home/ubuntu/.vdi-write-test': No space left on device\nuid 1000 cannot write the home volume: drwxrwxrwx";
const denied = (listing: string) =>
  `touch: cannot touch '/home/ubuntu/.vdi-write-test': Permission denied\nuid 1000 cannot write the home volume: ${listing}\n`;
const onNode: PersistentVolumeClaim = {
  ...home("Bound"),
  metadata: {
    name: "home-alice",
    annotations: { "volume.kubernetes.io/storage-provisioner": "rancher.io/local-path" },
  },
};

describe("why a home may not be written", () => {
  readyTable({
    "the init container says it in the operator's words": [
      endedSaying(
        "touch: cannot touch '/home/ubuntu/.vdi-write-test': Permission denied\nuid 1000 cannot write the home volume: drwx------ 2 root root 4096 /home/ubuntu\n",
      ),
      ["VolumeNotPermitted", "drwx------ 2 root root", "storage.mode", "docs/components/storage.md"],
    ],
    "the desktop's log says it": [
      endedSaying("mkdir: cannot create directory '/home/ubuntu/.config': Permission denied", false),
      ["VolumeNotPermitted", "cannot create directory"],
    ],
    "it is full": [
      endedSaying(
        "touch: cannot touch '/home/ubuntu/.vdi-write-test': No space left on device\nuid 1000 cannot write the home volume: drwxrwxrwx",
      ),
      ["VolumeFull", "No space left on device"],
    ],
    "it is full, and is a directory of its node: the claim has no part in it": [
      { ...endedSaying(full), home: onNode },
      ["NodeDiskFull", "disk of gpu-1 is full", "a larger claim gives nothing", /^(?!.*Enlarge)/],
    ],
    "it is open to all, and SELinux denies it": [
      endedSaying(denied("drwxrwxrwx. 2 root root 4096 /home/ubuntu")),
      ["SelinuxDenied", "k3s-selinux", "The mode is not at fault"],
    ],
    "an NFS server takes root for nobody": [
      endedSaying(denied("drwxr-xr-x 2 nobody nogroup 4096 /home/ubuntu")),
      ["NfsRootSquash", "root_squash"],
    ],
    "it is mounted read-only": [
      endedSaying("touch: cannot touch '/home/ubuntu/.vdi-write-test': Read-only file system"),
      ["VolumeReadOnly", "read-only"],
    ],
    "it is the node's disk that is full: that is another matter": [
      endedSaying("write /tmp/x: no space left on device", false),
      ["CrashLoop", "/tmp/x"],
    ],
    "a device is what may not be used: that is another matter": [
      endedSaying("open /dev/dri/card0: permission denied", false),
      ["DeviceDenied", "/dev/dri/card0"],
    ],
  });
});
