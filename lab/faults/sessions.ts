import type { AnyObject } from "../../kube/client.ts";
import { sessionObject } from "../session/create.ts";
import type { FaultContext } from "./fault.ts";

/** A session that a fault keeps from running, so that there is something to see. */
export function faultySession({ namespaces }: FaultContext, name: string, template = "ubuntu"): AnyObject {
  return sessionObject({ name, user: `${name}@example.com`, home: false }, template, namespaces.vdi);
}
