import type * as pulumi from "@pulumi/pulumi";

/** Registries of the site, for clusters that must not or cannot pull from the internet. */
export interface Registry {
  /** Host and path that hold copies of all images under their own paths: `registry.example.com/mirror`. */
  readonly mirror?: string;
  /** Name of a `kubernetes.io/dockerconfigjson` Secret in each namespace of ours. */
  readonly pullSecretName?: string;
  /** Its content, JSON; a secret. With it the Secrets are made. */
  readonly pullSecret?: pulumi.Input<string>;
}

/**
 * The image as the cluster should pull it: `coturn/coturn:4.17.0` becomes `MIRROR/coturn/coturn:4.17.0`, and so does
 * `docker.io/coturn/coturn:4.17.0`. Tag and digest stay as they are. `library/` is written out, since mirrors copy paths.
 */
export function imageReference(image: string, { mirror }: Registry = {}): string {
  if (mirror === undefined) return image;
  return `${mirror.replace(/\/+$/, "")}/${imagePath(image)}`;
}

/** Whether a tag may mean other content tomorrow. */
export function isMovingTag(tag: string): boolean {
  return /^(.*-)?(latest|develop|main|master|edge|nightly|stable|rolling(-daily|-weekly)?)$/i.test(tag);
}

/** Pull secrets of a pod spec or a ServiceAccount; nothing without one. */
export function pullSecrets({ pullSecretName }: Registry): { imagePullSecrets?: { name: string }[] } {
  return pullSecretName === undefined ? {} : { imagePullSecrets: [{ name: pullSecretName }] };
}

function imagePath(image: string): string {
  const [first = "", ...rest] = image.split("/");
  if (rest.length === 0) return `library/${first}`;
  // The rule of the container runtimes: a first part with a dot, a port or the name localhost is a registry.
  return /[.:]/.test(first) || first === "localhost" ? rest.join("/") : image;
}
