import type { VDITemplate } from "../api/objects.ts";
import type { Node } from "../kinds.ts";
import { desktopResources } from "../resources/pod.ts";
import { homeNode, obstacle } from "../status/home-node.ts";
import type { DesktopRequest } from "../status/request.ts";
import type { SessionView } from "../view/session-view.ts";

/** Most of a preference's nodes: further ones would only make the pod larger. */
const most = 100;

/**
 * Hostnames of the nodes where a home is best made: a volume on a node's disk ties each later desktop of its user to that
 * node, so it belongs where the most of the templates that the user may use can run. Only a preference, for a desktop on
 * another node is better than none.
 *
 * @returns nothing when the home has its node already, or all nodes that the template fits are alike
 */
export function preferredHosts({ session, template, home, nodes, usableTemplates }: SessionView): string[] {
  if (!template || !session.spec.persistence.enabled) return [];
  if (home?.status?.phase === "Bound" || homeNode(home) !== undefined) return [];
  const own = request(template, desktopResources(template, session.spec.resources));
  const candidates = nodes.filter((node) => fits(node, own));
  const others = usableTemplates().map((it) => request(it, largest(it)));
  const ranks = candidates.map((node) => others.filter((it) => fits(node, it)).length);
  const best = Math.max(...ranks);
  if (ranks.every((rank) => rank === best)) return [];
  return candidates
    .filter((_, index) => ranks[index] === best)
    .map(({ metadata }) => metadata.labels?.["kubernetes.io/hostname"] ?? metadata.name)
    .sort()
    .slice(0, most);
}

/** How the node is made decides: whether it is ready, or full, is another thing each day. */
function fits(node: Node, asked: DesktopRequest): boolean {
  return obstacle(node, asked, [])?.lasts !== true;
}

/** With a GPU slice where a session may ask for one. */
function largest(template: VDITemplate) {
  const usual = desktopResources(template);
  return { ...usual, gpu: Math.max(usual.gpu, template.spec.resources.max?.gpu ?? 0) };
}

function request({ spec }: VDITemplate, { gpu, cpu, memory }: ReturnType<typeof desktopResources>): DesktopRequest {
  return {
    ...{ cpu, memory, gpuResource: gpu > 0 ? spec.gpuResourceName : undefined },
    nodeSelector: spec.nodeSelector ?? {},
  };
}
