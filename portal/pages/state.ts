import type { Notices, SessionView, TemplateView } from "../api/schemas.ts";

/** What the pages know of the cluster. */
export interface Desktops extends Readonly<Notices> {
  readonly sessions: readonly SessionView[];
  readonly templates: readonly TemplateView[];
}

export const nothingYet: Desktops = {
  ...{ sessions: [], templates: [], isClusterAway: false, message: "", ownMessage: "" },
};

/** An event of the stream, or what stands for it when the portal is asked every few seconds. */
export type Change =
  | ({ readonly type: "state" } & Desktops)
  | ({ readonly type: "notice" } & Pick<Desktops, "message" | "ownMessage">)
  | { readonly type: "cluster"; readonly isAway: boolean }
  | { readonly type: "session"; readonly session: SessionView }
  | { readonly type: "gone"; readonly name: string }
  | { readonly type: "templates"; readonly templates: readonly TemplateView[] };

/** What is known after a change. An answer that is older than what the stream has told changes nothing. */
export function changed(before: Desktops, change: Change): Desktops {
  switch (change.type) {
    case "state": {
      const { sessions, templates, message, ownMessage, isClusterAway } = change;
      return { sessions, templates, message, ownMessage, isClusterAway };
    }
    case "notice":
      return { ...before, message: change.message, ownMessage: change.ownMessage };
    case "cluster":
      return { ...before, isClusterAway: change.isAway };
    case "templates":
      return { ...before, templates: change.templates };
    case "gone":
      return { ...before, sessions: before.sessions.filter(({ name }) => name !== change.name) };
    case "session": {
      const { session } = change;
      const known = before.sessions.find(({ name }) => name === session.name);
      if (known && known.createdAt === session.createdAt && isOlder(session.version, known.version)) return before;
      const others = before.sessions.filter(({ name }) => name !== session.name);
      return { ...before, sessions: [session, ...others].sort(newestFirst) };
    }
  }
}

function newestFirst(a: SessionView, b: SessionView): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? 1 : -1;
  return a.name < b.name ? -1 : 1;
}

// Versions of objects compare as numbers.
function isOlder(version: string, than: string): boolean {
  return version.length === than.length ? version < than : version.length < than.length;
}
