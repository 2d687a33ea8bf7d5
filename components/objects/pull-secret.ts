import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Registry } from "./image.ts";

/**
 * The site's pull secret in one namespace. Nothing where the config names a Secret without its content: then somebody
 * else has to put it there, such as a controller that copies Secrets into new namespaces.
 */
export function pullSecret(
  name: string,
  namespace: string,
  { pullSecretName, pullSecret: content }: Registry,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  if (pullSecretName === undefined || content === undefined) return [];
  return [
    new k8s.core.v1.Secret(
      `${name}-pull-secret`,
      {
        metadata: { name: pullSecretName, namespace },
        type: "kubernetes.io/dockerconfigjson",
        stringData: { ".dockerconfigjson": pulumi.secret(content) },
      },
      opts,
    ),
  ];
}
