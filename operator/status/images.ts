import type { ContainerStatus } from "../kinds.ts";
import type { SessionView } from "../view/session-view.ts";
import type { Finding } from "./reasons.ts";

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
 * Why the container's image does not come. The same for a failed try and for the time until the next, which alternate; and
 * told by its kind alone, since registries' words hold addresses and ids.
 */
export function imageFinding(view: SessionView, status: ContainerStatus): Finding | undefined {
  const waiting = status.state?.waiting;
  if (!pullReasons.has(waiting?.reason ?? "")) return undefined;
  const image = status.image ?? view.template?.spec.image ?? "of the desktop";
  const failures = view.events.filter(({ reason, message }) => reason === "Failed" && message.includes("pull"));
  // The status tells of the last try; an event may be of an earlier one.
  const kind = [`${waiting?.reason ?? ""} ${waiting?.message ?? ""}`, ...failures.map((it) => it.message).reverse()]
    .map((said) => kinds.find(([form]) => form.test(withoutNames(said, image))))
    .find((it) => it !== undefined);
  const registry = registryOf(image);
  const message = kind
    ? `Image ${image} cannot be pulled: ${kind[1](registry)}. The kubelet tries again by itself.`
    : // Before 1.31 the kubelet does not say why while it waits for the next try: what was known before holds.
      (told(view, image) ??
      `Image ${image} cannot be pulled from ${registry}, and the kubelet does not say why. Look at \`kubectl describe pod ${view.pod?.metadata.name ?? ""}\`.`);
  return { reason: "ImagePullFailed", message };
}

/** Set while the image is being pulled, as far as events tell: they may be older than the pod's status. */
export function pullingFinding({ events, pod }: SessionView): Finding | undefined {
  const { initContainerStatuses = [], containerStatuses = [] } = pod?.status ?? {};
  if ([...initContainerStatuses, ...containerStatuses].some(({ state }) => state?.running)) return undefined;
  const last = events.findLast(
    ({ reason, lastTime }) => pullSteps.has(reason) && lastTime >= (pod?.metadata.creationTimestamp ?? ""),
  );
  const [, image] = /^Pulling image "(.*)"$/.exec(last?.reason === "Pulling" ? last.message : "") ?? [];
  if (image === undefined) return undefined;
  return {
    reason: "PullingImage",
    message: `Image ${image} is being pulled to ${pod?.spec?.nodeName ?? "the node"}, which takes a while the first time.`,
  };
}

const pullSteps = new Set(["Pulling", "Pulled", "Failed", "BackOff", "Started"]);

type Remedy = (registry: string) => string;

const kinds: readonly [RegExp, Remedy][] = [
  [
    /InvalidImageName|invalid reference format/,
    () => "that is no name of an image; correct spec.image of the template",
  ],
  [/ErrImageNeverPull/, () => "the node may not pull, and does not have it"],
  [
    /no match for platform|no matching manifest/,
    () => "it is not built for the node's kind of processor; use one that is",
  ],
  [
    /unauthorized|authentication required|authorization failed|access denied|denied:|no basic auth|insufficient_scope|\b40[13]\b/i,
    (registry) =>
      `${registry} asks for a sign-in, or hides that it does not exist. Check the name, and set registry.pullSecretName so that desktops pull with a Secret`,
  ],
  [
    /toomanyrequests|too many requests|\b429\b/i,
    (registry) => `${registry} has had too many pulls from here; use a mirror, or sign in`,
  ],
  [
    /no such host|server misbehaving|name resolution/i,
    (registry) => `no host ${registry} is known to the node's DNS. Check the image's name and the DNS`,
  ],
  [
    /x509|certificate|tls:/i,
    (registry) => `the certificate of ${registry} is not trusted by the node; see K3s's registries.yaml`,
  ],
  [/no space left/i, () => "the node's disk is full; remove unused images there, or enlarge the disk"],
  [
    /not found|manifest unknown|name unknown|\b404\b/i,
    (registry) => `${registry} does not have it. Correct spec.image of the template`,
  ],
  [
    /timeout|timed out|deadline exceeded|connection refused|connection reset|unreachable|no route|\bEOF\b|\b50\d\b/i,
    (registry) => `${registry} does not answer the node. Check the way there, or use a mirror (registry.mirror)`,
  ],
];

function told({ session }: SessionView, image: string): string | undefined {
  const ready = session.status?.conditions?.find(({ type }) => type === "Ready");
  return ready?.reason === "ImagePullFailed" && ready.message.includes(`Image ${image} `) ? ready.message : undefined;
}

/** Names of images and addresses may hold any of the words that are looked for. */
function withoutNames(said: string, image: string): string {
  return said.replaceAll(image, "").replace(/"[^"]*"/g, "");
}

function registryOf(image: string): string {
  const [first = "", ...rest] = image.split("/");
  return rest.length > 0 && (/[.:]/.test(first) || first === "localhost") ? first : "docker.io";
}
