import { keyOf } from "../../kube/store.ts";
import type { WorkQueue } from "../../kube/work-queue.ts";
import type { VDISession } from "../api/objects.ts";
import type { Caches } from "../caches.ts";

/** Which changes make which templates be looked at again. */
export function watchForTemplates({ caches, queue }: { caches: Caches; queue: WorkQueue }): void {
  const add = (template: { metadata: { name: string } }) => queue.add(keyOf(template));
  const addOfSession = ({ spec }: VDISession) => queue.add(spec.template, { priority: -1 });
  caches.templates.on({ add, update: add, delete: add });
  caches.sessions.on({ add: addOfSession, delete: addOfSession });
}
