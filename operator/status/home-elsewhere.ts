import { homeName } from "../resources/names.ts";
import type { SessionView } from "../view/session-view.ts";
import { homeNode, obstacle } from "./home-node.ts";
import type { Finding } from "./reasons.ts";
import { desktopRequest } from "./request.ts";
import type { NodeRefusal } from "../../analyzers/scheduling/scheduler-verdict.ts";
import { listed } from "../../kube/sentences.ts";

/** The home lies on a node's disk, and no other node can have the desktop: which node, why not there, and what to do. */
export function homeOnOtherNode(view: SessionView, refusals: readonly NodeRefusal[]): Finding | undefined {
  const { session, home, nodes } = view;
  if (!session.spec.persistence.enabled || !refusals.some(({ why }) => why === "volume-elsewhere")) return undefined;
  const claim = home?.metadata.name ?? homeName(session.spec.user);
  const name = homeNode(home);
  const node = nodes.find(({ metadata }) => metadata.name === name);
  const others = refusals.filter(({ why }) => why !== "volume-elsewhere").map(({ text }) => text);
  const where = name === undefined ? "one node" : `node ${name}`;
  const lies = `The home volume ${claim} lies on ${where}, and only there the desktop can run, but`;
  const move = `move the home: suspend the session, copy the files away and delete the claim ${claim}, which is made anew where the template can run (docs/operator.md, Homes)`;
  const message = (why: string, remedy: string) => ({
    reason: "VolumeOnOtherNode" as const,
    message: `${lies} ${why}. ${remedy}.`,
  });
  // Without its name, the node is gone when the scheduler has nothing to say of any but that the volume is not there.
  if (name === undefined ? others.length === 0 : !node)
    return message(
      "that node is gone",
      `Bring it back; a home that may be lost is made anew elsewhere when the claim ${claim} is deleted`,
    );
  const found = node && obstacle(node, desktopRequest(view), nodes);
  if (found?.lasts)
    return message(
      `VDITemplate ${session.spec.template} cannot run there: that node ${found.text}`,
      `Take a template that can run on ${where}; or ${move}`,
    );
  if (found) return message(`that node ${found.text}`, `Wait until that is over; or ${move}`);
  return message(`there is no room now (${listed(others)})`, `Make room on ${where}, or wait for it; or ${move}`);
}
