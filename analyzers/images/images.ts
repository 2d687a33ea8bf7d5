import type { ContainerStatus } from "../../kube/kinds.ts";
import { untrusted } from "../../kube/untrusted-text.ts";
import { forms } from "./pull-forms.ts";
import type { ImageCode } from "./pull-forms.ts";
import { quotedPull } from "./pull-words.ts";

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
  const words = said.map((it) => quotedPull(it.replace(reason, ""))).find((it) => /rpc error|failed|error/i.test(it));
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

/** Names of images and addresses may hold any of the words that are looked for. */
function plain(said: string, image: string): string {
  return untrusted(said)
    .replaceAll(image, "")
    .replace(/"[^"]*"/g, "");
}
