import type { CodeEntry } from "../catalog.ts";

const byHand = [
  "kubectl get pvc --all-namespaces",
  "kubectl describe pvc CLAIM --namespace NAMESPACE",
  "kubectl get storageclass",
];
const mounts = ["kubectl describe pod POD --namespace NAMESPACE", "kubectl describe pvc CLAIM --namespace NAMESPACE"];
const localPath = [
  "kubectl get configmap local-path-config --namespace kube-system --output yaml",
  "kubectl get pods --namespace kube-system --selector app=local-path-provisioner",
];

function entry(it: Pick<CodeEntry, "title" | "symptom" | "cause" | "fix"> & Partial<CodeEntry>): CodeEntry {
  return { area: "storage", level: "failure", byHand, ...it };
}

const pending = "The claim stays Pending, and so do pods that use it.";
const denied = "The container ends with `Permission denied` at the path of its volume.";

export const storage = {
  StorageClassMissing: entry({
    title: "Claim asks for a StorageClass that does not exist",
    symptom: pending,
    cause: "The class was never made, has another name, or went with `--disable=local-storage`.",
    fix: "Create the class, or make the claim anew with one that exists. A claim's class cannot be changed.",
  }),
  NoDefaultStorageClass: entry({
    title: "Claim names no StorageClass, and there is no default one",
    symptom: pending,
    cause: "No class has the annotation storageclass.kubernetes.io/is-default-class: true.",
    fix: "Mark one as default; the claim takes it by itself.",
  }),
  SeveralDefaultStorageClasses: entry({
    level: "warning",
    title: "Several StorageClasses are the default",
    symptom: "New claims land on another storage than expected.",
    cause: "Kubernetes takes the newest of them. K3s marks local-path as default again at each start of a server.",
    fix: "Leave the mark on one. Name the class in claims where it matters.",
  }),
  ProvisionerMissing: entry({
    title: "Nobody makes volumes for the StorageClass",
    symptom: `${pending} Events only say that an external provisioner is waited for.`,
    cause: "The StorageClass names a provisioner that does not run in the cluster.",
    fix: "Install it. For rancher.io/local-path start K3s without --disable=local-storage.",
    byHand: [...byHand, ...localPath],
  }),
  ProvisionerNotReady: entry({
    title: "Provisioner of the StorageClass does not run",
    symptom: pending,
    cause: "The provisioner's Deployment has no ready pod.",
    fix: "See why its pods do not run.",
    byHand: [...byHand, ...localPath],
    mayPass: true,
  }),
  ProvisioningFailed: entry({
    title: "Provisioner cannot make the volume",
    symptom: `${pending} Events ProvisioningFailed say why.`,
    cause: "The provisioner refuses the claim, or its helper pod on the node fails.",
    fix: "Read the event and the provisioner's log.",
    byHand: [...byHand, "kubectl logs --namespace kube-system deploy/local-path-provisioner"],
  }),
  ProvisioningTimedOut: entry({
    title: "Helper pod of local-path does not end",
    symptom: `${pending} Events ProvisioningFailed say: create process timeout.`,
    cause: "The helper pod, which makes the directory on the node, does not run: its image, a taint or Pod Security.",
    fix: "Watch for pods helper-pod-create-... in the provisioner's namespace and see why they do not run.",
    byHand: ["kubectl get pods --namespace kube-system --watch", ...localPath],
  }),
  AccessModeRefused: entry({
    title: "Provisioner does not do the claim's access mode",
    symptom: pending,
    cause: "local-path volumes lie on one node: they are ReadWriteOnce or ReadWriteOncePod.",
    fix: "Make the claim anew with ReadWriteOnce, or with a class of shared storage.",
  }),
  ClaimPending: entry({
    title: "Claim is not bound",
    symptom: pending,
    cause: "No volume has been made or found for it, and nothing says why.",
    fix: "Look at its StorageClass and the provisioner.",
    mayPass: true,
  }),
  ClaimMissing: entry({
    title: "Claim that a pod uses does not exist",
    symptom: "The pod stays Pending.",
    cause: "The claim was deleted, or has another name.",
    fix: "Create the claim, or correct its name in the pod.",
  }),
  ClaimLost: entry({
    title: "Claim has lost its volume",
    symptom: "The claim is Lost.",
    cause: "Its PersistentVolume was deleted.",
    fix: "Bring the PersistentVolume back, or delete the claim and begin with an empty one.",
  }),
  ClaimTerminating: entry({
    title: "Claim is being deleted and still in use",
    symptom: "The claim stays at Terminating.",
    cause: "kubernetes.io/pvc-protection keeps it while a pod uses it.",
    fix: "End the pod that uses it. The deletion cannot be undone: copy what is needed first.",
  }),
  VolumeNodeMissing: entry({
    title: "Volume lies on a node that is gone",
    symptom: "The pod stays Pending: no node matches the volume's node affinity.",
    cause: "A local volume can be used on its node alone, and the cluster does not have that node any more.",
    fix: "Bring the node back under its name. Without it the data is lost: delete claim and volume to begin anew.",
  }),
  VolumeFull: entry({
    title: "Volume is full",
    symptom: "Programs end with `No space left on device`, or `Disk quota exceeded`.",
    cause: "The volume has a size of its own and is full.",
    fix: "Enlarge the claim, or remove files.",
    byHand: mounts,
  }),
  VolumeReadOnly: entry({
    title: "Volume is mounted read-only",
    symptom: "Programs end with `Read-only file system`.",
    cause: "The mount or the claim says so, or Linux made the file system read-only after an error of the disk.",
    fix: "Take readOnly out, or repair the file system of the node.",
    byHand: [...mounts, "dmesg | grep -i 'remounting filesystem read-only'"],
  }),
  VolumeNotPermitted: entry({
    title: "Container may not write to its volume",
    symptom: denied,
    cause:
      "The directory belongs to another user and its mode keeps others out. It keeps the mode that it was made with.",
    fix: "Give the directory away, or make the volume anew. Editing local-path-config helps new volumes only, and K3s puts it back at its next start.",
    byHand: [...mounts, ...localPath],
  }),
  SelinuxDenied: entry({
    title: "SELinux keeps the container from its volume",
    symptom: `${denied} The directory's mode lets everybody write.`,
    cause:
      "The directory does not have the label container_file_t: k3s-selinux is not installed, or the path is another one.",
    fix: "Install k3s-selinux, and label paths that it does not know.",
    byHand: ["getenforce", "ausearch -m avc -ts recent", "ls -dZ /var/lib/rancher/k3s/storage"],
  }),
  NfsRootSquash: entry({
    title: "NFS server takes root for nobody",
    symptom: `${denied} Or \`chown: Operation not permitted\`.`,
    cause: "The export has root_squash, so nobody on the node can give the directory to the container's user.",
    fix: "Give the directory to that user on the server, or export with no_root_squash.",
    byHand: ["showmount -e SERVER", ...mounts],
  }),
  NfsDenied: entry({
    title: "NFS server does not let the node mount",
    symptom: "The pod stays at ContainerCreating; events FailedMount name mount.nfs.",
    cause: "The export does not name the node, or the node has no NFS client.",
    fix: "Export the directory to the node; install nfs-common or nfs-utils there.",
    byHand: mounts,
  }),
  VolumeInUse: entry({
    title: "Another node still has the volume",
    symptom: "The pod stays at ContainerCreating; events FailedAttachVolume say Multi-Attach error.",
    cause: "A ReadWriteOnce volume is attached to one node at a time.",
    fix: "End the pod there, or delete the VolumeAttachment of a node that is gone.",
    byHand: ["kubectl get volumeattachments", ...mounts],
  }),
  VolumePathMissing: entry({
    title: "Directory of the volume is not on the node",
    symptom: "The pod stays at ContainerCreating; events FailedMount say that a path does not exist.",
    cause: "The directory was deleted, its disk is not mounted, or it lay where a restart of the machine empties.",
    fix: "Mount the disk, or restore the directory.",
    byHand: mounts,
  }),
  VolumeNotMounted: entry({
    title: "Volume cannot be mounted",
    symptom: "The pod stays at ContainerCreating or Init:0/N; events FailedMount say why.",
    cause: "The kubelet cannot attach or mount one of the pod's volumes.",
    fix: "Read the event, and look at the node's storage.",
    byHand: mounts,
  }),
  LocalPathScriptUnknown: entry({
    level: "unknown",
    title: "local-path's setup script is not understood",
    symptom: "None as such; new volumes may refuse writes.",
    cause: "The script `setup` in ConfigMap local-path-config makes directories in a way of its own.",
    fix: "Look at the mode of a new volume's directory on the node.",
    byHand: localPath,
  }),
  LocalPathModeRestrictive: entry({
    title: "local-path makes directories that others may not write to",
    symptom: "Database and desktops end with `Permission denied` on new volumes.",
    cause:
      "The script `setup` in ConfigMap local-path-config makes directories without write access for others, and the class makes hostPath volumes, which ignore fsGroup, or pods have no fsGroup.",
    fix: "Upgrade K3s, or use a provisioner of your own (storage.mode own); pods with fsGroup may write to volumes of type local. An edit of the ConfigMap holds only until the next start of a K3s server.",
    byHand: localPath,
  }),
  LocalPathConfigInvalid: entry({
    title: "Configuration of local-path is invalid",
    symptom: "New claims stay Pending, or changes have no effect.",
    cause:
      "A key is missing, config.json is no JSON, or setupCommand stands beside config.json, where nobody reads it.",
    fix: "Correct the ConfigMap. K3s writes its own anew at each start of a server.",
    byHand: localPath,
  }),
} satisfies Record<string, CodeEntry>;
