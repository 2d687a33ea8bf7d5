import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../../kube/clock.ts";
import { ownValue } from "../../kube/own-value.ts";
import type { VDISession } from "../../operator/api/objects.ts";
import type { Actions, Audit } from "../cluster/actions.ts";
import type { Contact } from "../cluster/contact.ts";
import type { Knowledge } from "../cluster/knowledge.ts";
import type { PortalRecord } from "../cluster/record.ts";
import { mayStart } from "../rights/decide.ts";
import type { Person } from "../rights/person.ts";
import { readJson } from "../server/body.ts";
import type { Streams } from "../server/streams.ts";
import type { Known } from "../sign-in/authenticate.ts";
import { findings } from "../view/findings.ts";
import { sessionView } from "../view/session.ts";
import { clusterState, freeSlices, nodeSlices } from "../view/slices.ts";
import type { StartTimes } from "../view/start-times.ts";
import { usageCsv, usageView } from "../view/usage.ts";
import { templateView } from "../view/template.ts";
import { Refusal } from "./problem.ts";
import type { OperationName } from "./routes.ts";
import { closedMessage, extension, newMessage, newSession, switchOff } from "./schemas.ts";
import type { Me, Notices, Overview, SessionView, TemplateView, UsageView } from "./schemas.ts";

export interface ApiOptions {
  readonly known: Knowledge;
  readonly contact: Pick<Contact, "isAway">;
  readonly actions: Actions;
  readonly record: Pick<
    PortalRecord,
    "message" | "messages" | "messageTo" | "off" | "usage" | "setMessage" | "closeMessage" | "switchTemplate"
  >;
  readonly starts: Pick<StartTimes, "usualSeconds">;
  readonly streams: Streams;
  readonly link: (session: string) => Promise<{ url: string; expiresAt: string }>;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly domain: string;
}

export interface Asked {
  readonly known: Known;
  /** Name in the path. */
  readonly session: string;
  readonly query: URLSearchParams;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** What each operation of /api/v1 does. What it returns is the answer; undefined for none, or where it answers itself. */
export function apiHandlers(options: ApiOptions): Record<OperationName, (asked: Asked) => unknown> {
  const { known: cluster, contact, actions, record, starts, streams, link, clock, audit, domain } = options;
  const view = (session: VDISession): SessionView => sessionView(session, cluster.template(session.spec.template));
  const state = clusterState(cluster);
  const offOf = (name: string) => {
    const off = ownValue(record.off, name);
    return off ? { off } : {};
  };
  const templatesOf = (person: Person): TemplateView[] =>
    [...cluster.templates.store.values()]
      .filter((template) => mayStart(person, template))
      .map((template) => ({
        ...templateView(template, freeSlices(template, state), starts.usualSeconds(template.metadata.name)),
        ...offOf(template.metadata.name),
      }))
      .sort((a, b) => a.title.localeCompare(b.title));
  const sessionsOf = (person: Person, all: boolean): SessionView[] =>
    (all ? [...cluster.sessions.store.values()] : cluster.sessionsOf(person.user))
      .map(view)
      .sort((a, b) => (a.createdAt === b.createdAt ? (a.name < b.name ? -1 : 1) : a.createdAt < b.createdAt ? 1 : -1));
  const noticesOf = ({ user }: Person): Notices => ({
    ...{ message: record.message, ownMessage: record.messageTo(user), isClusterAway: contact.isAway },
  });

  return {
    me: ({ known }) => me(known, domain),
    templates: ({ known }) => templatesOf(known.person),
    sessions: ({ known, query }) => sessionsOf(known.person, seesAll(known.person, query)),
    create: async ({ known, request }) => view(await actions.create(known.person, await readJson(request, newSession))),
    session: ({ known, session }) => view(actions.find(known.person, session)),
    delete: ({ known, session }) => actions.delete(known.person, session),
    suspend: async ({ known, session }) => view(await actions.change(known.person, session, "suspend")),
    resume: async ({ known, session }) => view(await actions.change(known.person, session, "resume")),
    restart: async ({ known, session }) => view(await actions.restart(known.person, session)),
    stay: async ({ known, session }) => view(await actions.stay(known.person, session)),
    revoke: async ({ known, session }) => view(await actions.change(known.person, session, "revoke")),
    extend: async ({ known, session, request }) => {
      const { minutes } = await readJson(request, extension);
      return view(await actions.extend(known.person, session, minutes));
    },
    // Also an administrator opens nobody else's desktop: it would be seen as its user's.
    link: async ({ known, session }) => {
      const found = actions.find(known.person, session);
      if (found.spec.user !== known.person.user)
        throw new Refusal(403, "Only the session's own user opens its desktop.");
      return link(session);
    },
    events: ({ known, query, response }) => {
      const all = seesAll(known.person, query);
      const { person, expiresMs } = known;
      const begin = { sessions: sessionsOf(person, all), templates: templatesOf(person), ...noticesOf(person) };
      streams.open(response, person, {
        seesAll: all,
        state: begin,
        ...(expiresMs !== undefined && { endsAtMs: expiresMs }),
      });
    },
    usage: (): UsageView => usageView(record.usage),
    usageCsv: ({ response }) => {
      const headers = { "Content-Type": "text/csv; charset=utf-8", "Cache-Control": "no-store" };
      response.writeHead(200, headers).end(usageCsv(record.usage));
    },
    notices: ({ known }) => noticesOf(known.person),
    closeMessage: async ({ known, request }) =>
      record.closeMessage(known.person.user, (await readJson(request, closedMessage)).text),
    message: async ({ known, request }) => {
      const { text, user } = await readJson(request, newMessage);
      await record.setMessage(text, user);
      audit({ user: known.person.user, action: "message", to: user ?? "everybody" });
    },
    switchOff: async ({ known, session: name, request }) => {
      const { reason } = await readJson(request, switchOff);
      if (!cluster.template(name)) throw new Refusal(404, `There is no template ${name}.`);
      await record.switchTemplate(name, reason);
      audit({ user: known.person.user, action: "switch-off", template: name });
    },
    switchOn: async ({ known, session: name }) => {
      await record.switchTemplate(name, undefined);
      audit({ user: known.person.user, action: "switch-on", template: name });
    },
    overview: (): Overview => ({
      nodes: nodeSlices(state),
      templates: [...cluster.templates.store.values()]
        .map(({ metadata: { name }, spec }) => ({ name, title: spec.displayName ?? name, ...offOf(name) }))
        .sort((a, b) => a.title.localeCompare(b.title)),
      messages: [...record.messages],
      findings: findings(
        {
          VDISession: cluster.sessions.store.values(),
          VDITemplate: cluster.templates.store.values(),
          Pod: cluster.pods.store.values(),
          Node: cluster.nodes.store.values(),
        },
        clock.date(),
      ),
    }),
  };
}

function seesAll(person: Person, query: URLSearchParams): boolean {
  const asked = query.get("all") === "true";
  if (asked && !person.isAdmin) throw new Refusal(403, "Only administrators see all sessions.");
  return asked;
}

function me({ person, by, expiresMs }: Known, domain: string): Me {
  return {
    ...{ user: person.user, groups: [...person.groups], isAdmin: person.isAdmin, signIn: by },
    kasmUrl: `https://${domain}`,
    ...(expiresMs !== undefined && { expiresAt: new Date(expiresMs).toISOString() }),
  };
}
