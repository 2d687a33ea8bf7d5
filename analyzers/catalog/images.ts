import type { CodeEntry } from "../catalog.ts";

const byHand = [
  "kubectl describe pod POD --namespace NAMESPACE",
  "kubectl get events --namespace NAMESPACE --field-selector involvedObject.name=POD",
];

function image(entry: Pick<CodeEntry, "title" | "cause" | "fix"> & Partial<CodeEntry>): CodeEntry {
  const symptom = "The pod stays at ErrImagePull or ImagePullBackOff (Init:ImagePullBackOff for an init container).";
  return { area: "images", level: "failure", symptom, byHand, ...entry };
}

export const images = {
  ImageNotFound: image({
    title: "Image is not in its registry",
    cause: "The registry has no such repository or tag.",
    fix: "Correct the image's name or tag where it is set, or push the image.",
  }),
  ImageNotAuthorized: image({
    title: "Registry does not let the node pull the image",
    cause: "The registry asks for a sign-in. Many registries answer so too when the image does not exist.",
    fix: "Check the name. Then give the pod an imagePullSecret that exists, or the node credentials in K3s's registries.yaml.",
  }),
  ImageRateLimited: image({
    title: "Registry limits pulls from here",
    cause: "Too many pulls came from the node's address; Docker Hub counts them for anonymous users.",
    fix: "Sign in to the registry, or pull through a mirror (registry.mirror). The kubelet tries again by itself.",
    mayPass: true,
  }),
  ImageNameInvalid: image({
    title: "Image has no valid name",
    cause:
      "The name does not follow registry/repository:tag; often a variable was not replaced or a letter is in upper case.",
    fix: "Correct the name where it is set.",
  }),
  ImageNeverPulled: image({
    title: "Image is not on the node and may not be pulled",
    cause: "imagePullPolicy is Never and the node does not have the image.",
    fix: "Import the image on the node, or let the kubelet pull it (IfNotPresent).",
  }),
  ImagePlatformMissing: image({
    title: "Image is not built for the node's processor",
    cause: "The image has no manifest for the node's architecture, such as arm64.",
    fix: "Use an image that is built for it, or keep the pod on nodes with another architecture by a nodeSelector.",
  }),
  ImageVerificationFailed: image({
    title: "Image fails its verification",
    cause: "A signature or digest does not match what was expected.",
    fix: "Find out who pushed the image. Use a digest or signature that matches; do not turn the check off.",
  }),
  RegistryHostUnknown: image({
    title: "Registry's host name is not known to the node",
    cause: "The node's own resolver, not the cluster's DNS, cannot resolve the registry's name, or does not answer.",
    fix: "Check the image's name and /etc/resolv.conf of the node.",
  }),
  RegistryUnreachable: image({
    title: "Registry does not answer the node",
    cause: "The connection is refused, times out, or the registry answers with a server error.",
    fix: "Check the network between node and registry, a firewall or proxy, or use a mirror.",
    mayPass: true,
  }),
  RegistryCertificateUntrusted: image({
    title: "Registry's certificate is not trusted by the node",
    cause:
      "The certificate is signed by an authority that the node does not know, is expired, is for another name, or the node's clock is wrong.",
    fix: "Name the authority in K3s's /etc/rancher/k3s/registries.yaml (configs.HOST.tls.ca_file) and restart K3s there; renew an expired certificate, or set the node's clock (timedatectl).",
  }),
  RegistryPlainHttp: image({
    title: "Registry speaks HTTP and the node asks with HTTPS",
    cause: "containerd uses HTTPS for every registry that is not told otherwise.",
    fix: "Set the endpoint to http:// in K3s's /etc/rancher/k3s/registries.yaml and restart K3s there.",
  }),
  RegistryProxyDenied: image({
    title: "Proxy of the node refuses the pull",
    cause: "An HTTP proxy between node and registry asks for a sign-in (407).",
    fix: "Correct HTTPS_PROXY and NO_PROXY in the environment of the node's K3s service (/etc/systemd/system/k3s.service.env), and restart it.",
  }),
  NodeDiskFull: image({
    title: "Disk of the node is full",
    symptom: "Images do not come, or programs end with `No space left on device`.",
    cause:
      "The file system that holds images and the directories of local-path volumes is full; such volumes have no quota.",
    fix: "Remove unused images and files on the node, or enlarge the disk. A larger claim gives nothing.",
    byHand: ["df -h /var/lib/rancher", "k3s crictl rmi --prune"],
  }),
  ImagePullSlow: image({
    title: "Pull of the image does not end",
    symptom: "The pod stays at ContainerCreating or PodInitializing, and its newest event is Pulling.",
    cause:
      "The image is large, the registry or the way to it is slow, the connection has stalled, or other pulls of the node come first.",
    fix: "Pull the image on the node with `k3s crictl pull`, which shows whether it goes on. A mirror near the nodes (registry.mirror) is quicker; large images can be pulled before they are needed.",
    mayPass: true,
  }),
  ImagePullFailed: image({
    title: "Image cannot be pulled",
    cause: "The kubelet gives a reason that has no code of its own, or none.",
    fix: "Read the pod's events, and try the pull on the node with `k3s crictl pull`.",
  }),
} satisfies Record<string, CodeEntry>;
