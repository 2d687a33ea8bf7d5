import type { images } from "../catalog/images.ts";
import { certificateProblem } from "./pull-certificate.ts";
import { quotedPull } from "./pull-words.ts";

/** What a pull that has failed may have. */
export type ImageCode = Exclude<keyof typeof images, "ImagePullSlow">;

interface Pull {
  readonly registry: string;
  readonly where: string;
  /** What was said about it. */
  readonly said: string;
}

type Tell = (pull: Pull) => { why: string; remedy: string };

/** What is said of a failed pull, the most telling first: a proxy's answer comes in the words of a registry. */
export const forms: readonly [ImageCode, RegExp, Tell][] = [
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
      why: `it fails its verification (${quotedPull(said)})`,
      remedy: "Find out who changed it, and name one that passes.",
    }),
  ],
  [
    "ImagePlatformMissing",
    /no match for platform|no matching manifest|image operating system .* cannot be used|exec format/i,
    ({ where }) => ({
      why: "it is not built for the node's kind of processor",
      remedy: `Change ${where} to one that is built for it, or keep the pod off such nodes.`,
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
    /no such host|server misbehaving|name resolution|\bdial (?:tcp|udp)\d?: lookup /i,
    ({ registry, said }) =>
      /no such host/i.test(said)
        ? {
            why: `the node's DNS does not resolve ${registry}`,
            remedy: "Check the image's name, and the DNS of the node: /etc/resolv.conf there, not the cluster's DNS.",
          }
        : {
            why: `the node's DNS does not answer when it is asked for ${/\blookup ([\w.-]{1,253})/.exec(said)?.[1] ?? registry}`,
            remedy:
              "Check the DNS servers in /etc/resolv.conf of the node, and the way there (port 53); the cluster's DNS is not asked.",
          },
  ],
  [
    "RegistryCertificateUntrusted",
    /x509|certificate|tls:/i,
    ({ registry, said }) => certificateProblem(registry, said),
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
