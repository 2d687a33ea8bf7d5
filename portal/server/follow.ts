import type { Clock } from "../../kube/clock.ts";
import type { Knowledge } from "../cluster/knowledge.ts";
import { sessionView } from "../view/session.ts";
import type { Streams } from "./streams.ts";

// Many changes at once are one to look at again.
const settleMs = 500;

/** Hands the changes of sessions to open pages as they come, and tells when templates, or what is free, have changed. */
export function follow(known: Knowledge, streams: Streams, clock: Clock): () => void {
  let cancel: (() => void) | undefined;
  const templates = () => {
    cancel ??= clock.after(settleMs, () => {
      cancel = undefined;
      streams.changed("templates");
    });
  };
  const ends = [
    known.sessions.on({
      add: (session) => streams.session(sessionView(session, known.template(session.spec.template))),
      update: (session) => streams.session(sessionView(session, known.template(session.spec.template))),
      delete: ({ metadata, spec }) => streams.gone(metadata.name, spec.user),
    }),
    known.templates.on({ add: templates, update: templates, delete: templates }),
    known.pods.on({
      add: templates,
      update: (pod, before) => {
        if (pod.spec?.nodeName !== before.spec?.nodeName || pod.status?.phase !== before.status?.phase) templates();
      },
      delete: templates,
    }),
    known.nodes.on({ add: templates, update: templates, delete: templates }),
  ];
  return () => {
    cancel?.();
    for (const end of ends) end();
  };
}
