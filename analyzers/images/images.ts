import type { ContainerStatus } from "../../kube/kinds.ts";
import { quoted } from "../../kube/sentences.ts";
import { untrusted } from "../../kube/untrusted-text.ts";
import type { images } from "../catalog/images.ts";

/** What a pull that has failed may have. */
export type ImageCode = Exclude<keyof typeof images, "ImagePullSlow">;

/** Why an image does not come, in words that fit whoever asks. */
export interface PullVerdict {
  readonly code: ImageCode;
  /** `Image x cannot be pulled: docker.io does not have it.` */
  readonly problem: string;
  readonly remedy: string;
}

// Kubelet's words while an image does not come (kubernetes/pkg/kubelet/images/types.go).
const pullReasons = new Set([
  "ErrImagePull",
  "ImagePullBackOff",
  "InvalidImageName",
  "ErrImageNeverPull",
  "ImageInspectError",
  "RegistryUnavailable",
  "SignatureValidationFailed",
]);

/**
 * Why a container's image does not come; undefined where it does. The same for a failed try and for the time until the next,
 * which alternate.
 *
 * @param failures what events say of failed pulls, oldest first: kubelets before 1.31 say the cause nowhere else
 * @param where the image is set: `spec.image of the template`
 */
export function pullVerdict(
  status: ContainerStatus,
  failures: readonly string[],
  where: string,
): PullVerdict | undefined {
  const { reason = "", message = "" } = status.state?.waiting ?? {};
  if (!pullReasons.has(reason)) return undefined;
  const image = status.image ?? "";
  const said = [`${reason} ${message}`, ...failures.toReversed()];
  const form = said.map((it) => forms.find(([, words]) => words.test(plain(it, image)))).find(Boolean);
  const registry = registryOf(image);
  if (form) {
    const [code, , tell] = form;
    const { why, remedy } = tell({ registry, where, said: said.find((it) => form[1].test(plain(it, image))) ?? "" });
    return { code, problem: `Image ${image} cannot be pulled: ${why}.`, remedy };
  }
  const words = said.map((it) => quoted(it.replace(reason, ""))).find((it) => /rpc error|failed|error/i.test(it));
  const told = words === undefined ? "and the kubelet does not say why" : `and the kubelet says: ${words}`;
  return {
    code: "ImagePullFailed",
    problem: `Image ${image} cannot be pulled from ${registry}, ${told}.`,
    remedy: "Try it on the node with `k3s crictl pull`.",
  };
}

/** Registry of an image by its name; Docker Hub where it names none. */
export function registryOf(image: string): string {
  const [first = "", ...rest] = image.split("/");
  return rest.length > 0 && (/[.:]/.test(first) || first === "localhost") ? first : "docker.io";
}

interface Pull {
  readonly registry: string;
  readonly where: string;
  /** What was said about it. */
  readonly said: string;
}

type Tell = (pull: Pull) => { why: string; remedy: string };

/** What is said of a failed pull, the most telling first: a proxy's answer comes in the words of a registry. */
const forms: readonly [ImageCode, RegExp, Tell][] = [
  [
    "ImageNameInvalid",
    /InvalidImageName|invalid reference format|couldn't parse image/i,
    ({ where }) => ({ why: "that is no name of an image", remedy: `Correct ${where}.` }),
  ],
  [
    "ImageNeverPulled",
    /ErrImageNeverPull|is not present with pull policy of Never/,
    () => ({
      why: "the node may not pull, and does not have it",
      remedy: "Import it there, or set imagePullPolicy to IfNotPresent.",
    }),
  ],
  [
    "ImageVerificationFailed",
    /SignatureValidationFailed|signature|digest mismatch|unexpected commit digest|failed digest/i,
    ({ said }) => ({
      why: `it fails its verification (${quoted(said)})`,
      remedy: "Find out who changed it, and name one that passes.",
    }),
  ],
  [
    "ImagePlatformMissing",
    /no match for platform|no matching manifest|image operating system .* cannot be used|exec format/i,
    ({ where }) => ({
      why: "it is not built for the node's kind of processor",
      remedy: `Use one that is in ${where}, or keep the pod off such nodes.`,
    }),
  ],
  [
    "RegistryPlainHttp",
    /server gave HTTP response to HTTPS client|first record does not look like a TLS handshake/i,
    ({ registry }) => ({
      why: `${registry} speaks HTTP, and the node asks with HTTPS`,
      remedy: `Give ${registry} an endpoint with http:// in /etc/rancher/k3s/registries.yaml of the nodes, and restart K3s there.`,
    }),
  ],
  [
    "RegistryProxyDenied",
    /\b407\b|proxyconnect|Proxy Authentication Required/i,
    () => ({
      why: "the proxy of the node refuses it",
      remedy:
        "Correct HTTPS_PROXY and NO_PROXY of the node's K3s service (/etc/systemd/system/k3s.service.env), and restart it.",
    }),
  ],
  [
    "ImageRateLimited",
    /toomanyrequests|too many requests|\b429\b|rate limit/i,
    ({ registry }) => ({
      why: `${registry} has had too many pulls from here`,
      remedy: "Use a mirror (registry.mirror), or sign in.",
    }),
  ],
  [
    "NodeDiskFull",
    /no space left/i,
    () => ({
      why: "the node's disk is full",
      remedy: "Remove unused images there (`k3s crictl rmi --prune`), or enlarge the disk.",
    }),
  ],
  [
    "RegistryHostUnknown",
    /no such host|server misbehaving|name resolution/i,
    ({ registry }) => ({
      why: `the node's DNS does not resolve ${registry}`,
      remedy: "Check the image's name, and the DNS of the node: /etc/resolv.conf there, not the cluster's DNS.",
    }),
  ],
  [
    "RegistryCertificateUntrusted",
    /x509|certificate|tls:/i,
    ({ registry }) => ({
      why: `the node does not trust the certificate of ${registry}`,
      remedy: `Name its authority in /etc/rancher/k3s/registries.yaml of the nodes, and restart K3s there.`,
    }),
  ],
  [
    "ImageNotAuthorized",
    /unauthorized|authentication required|authorization failed|access denied|denied:|no basic auth|insufficient_scope|\b40[13]\b/i,
    ({ registry }) => ({
      why: `${registry} asks for a sign-in, or hides that it does not exist`,
      remedy: "Check the name, and set registry.pullSecretName so that pods pull with a Secret.",
    }),
  ],
  [
    "RegistryUnreachable",
    /timeout|timed out|deadline exceeded|connection refused|connection reset|unreachable|no route|\bEOF\b|\b50\d\b|RegistryUnavailable/i,
    ({ registry, said }) => ({
      why: /\b50\d\b/.test(said)
        ? `${registry} answers with an error of its own`
        : `${registry} does not answer the node`,
      remedy: "Check the registry and the way there, or use a mirror (registry.mirror).",
    }),
  ],
  [
    "ImageNotFound",
    /not found|manifest unknown|name unknown|\b404\b/i,
    ({ registry, where }) => ({ why: `${registry} does not have it`, remedy: `Correct ${where}, or push it.` }),
  ],
];

/** Names of images and addresses may hold any of the words that are looked for. */
function plain(said: string, image: string): string {
  return untrusted(said)
    .replaceAll(image, "")
    .replace(/"[^"]*"/g, "");
}
