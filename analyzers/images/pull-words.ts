import { quotedEnd } from "../../kube/sentences.ts";
import { untrusted } from "../../kube/untrusted-text.ts";

/**
 * What is said of a failed pull, as a quotation. The kubelet and containerd begin with the image's name three times over, and
 * end with the cause: leads are left out where something follows them, and what is too long loses its beginning.
 */
export function quotedPull(text: string): string {
  return quotedEnd(untrusted(text).replace(leads, ""));
}

const leads =
  /(?:Back-off pulling image|failed to pull and unpack image|failed to resolve (?:reference|image)|Failed to pull image) "[^"]{1,600}": (?:ErrImagePull: )?/g;
