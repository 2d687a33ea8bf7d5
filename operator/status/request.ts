import { annotations } from "../resources/labels.ts";
import { desktopResources } from "../resources/pod.ts";
import type { SessionView } from "../view/session-view.ts";

/** What a desktop asks of a node, as far as it is known: the pod that there is, else what the template would give. */
export interface DesktopRequest {
  readonly cpu: string | undefined;
  readonly memory: string | undefined;
  /** Extended resource that it takes one of; undefined without GPU. */
  readonly gpuResource: string | undefined;
  readonly nodeSelector: Readonly<Record<string, string>>;
}

export function desktopRequest({ session, template, pod }: SessionView): DesktopRequest {
  const resources = template && desktopResources(template, session.spec.resources);
  const ofTemplate = (resources?.gpu ?? 0) > 0 ? template?.spec.gpuResourceName : undefined;
  return {
    cpu: resources?.cpu,
    memory: resources?.memory,
    gpuResource: pod ? pod.metadata.annotations?.[annotations.gpuResource] : ofTemplate,
    nodeSelector: template?.spec.nodeSelector ?? {},
  };
}
