import { z } from "zod";
import {
  closedMessage,
  extension,
  linkAnswer,
  meAnswer,
  newMessage,
  newSession,
  notices,
  overview,
  sessionView,
  switchOff,
  templateView,
  usageView,
} from "./schemas.ts";

/** One operation of /api/v1: what the OpenAPI document says of it, and the server goes by. */
export interface Operation {
  readonly method: "get" | "post" | "delete";
  /** Below /api/v1; `{name}` is the name of a session or template. */
  readonly path: string;
  readonly summary: string;
  readonly body?: z.ZodType;
  readonly answer?: z.ZodType;
  readonly status: 200 | 201 | 204;
  /** Of an answer that is no JSON. */
  readonly type?: "text/event-stream" | "text/csv";
  readonly isForAdmins?: true;
  /** Read by administrators, to see what is not their own. */
  readonly query?: "all";
}

export const operations = {
  me: { method: "get", path: "/me", summary: "Who is signed in", answer: meAnswer, status: 200 },
  templates: {
    ...{ method: "get", path: "/templates", status: 200 },
    summary: "Templates that one may use, with what is free of them",
    answer: z.array(templateView),
  },
  sessions: {
    ...{ method: "get", path: "/sessions", status: 200, query: "all" },
    summary: "Sessions of one's own; of all users for administrators with all=true",
    answer: z.array(sessionView),
  },
  create: {
    ...{ method: "post", path: "/sessions", status: 201, body: newSession, answer: sessionView },
    summary: "Start a desktop",
  },
  session: { method: "get", path: "/sessions/{name}", summary: "One session", answer: sessionView, status: 200 },
  delete: {
    ...{ method: "delete", path: "/sessions/{name}", status: 204 },
    summary: "End a session; its home stays unless it says otherwise",
  },
  suspend: {
    ...{ method: "post", path: "/sessions/{name}/suspend", status: 200, answer: sessionView },
    summary: "Stop the desktop and keep its home",
  },
  resume: {
    ...{ method: "post", path: "/sessions/{name}/resume", status: 200, answer: sessionView },
    summary: "Start a suspended desktop",
  },
  restart: {
    ...{ method: "post", path: "/sessions/{name}/restart", status: 200, answer: sessionView },
    summary: "Stop the desktop, and start it again once it has ended",
  },
  stay: {
    ...{ method: "post", path: "/sessions/{name}/stay", status: 200, answer: sessionView },
    summary: "Say to be there without being connected: the idle time counts anew",
  },
  revoke: {
    ...{ method: "post", path: "/sessions/{name}/revoke", status: 200, answer: sessionView },
    summary: "Void every link, cookie and password that was given out; the desktop starts anew",
  },
  extend: {
    ...{ method: "post", path: "/sessions/{name}/extend", status: 200, body: extension, answer: sessionView },
    summary: "Let a session live longer",
  },
  link: {
    ...{ method: "post", path: "/sessions/{name}/link", status: 200, answer: linkAnswer },
    summary: "A link that opens the desktop, for a minute",
  },
  events: {
    ...{ method: "get", path: "/events", status: 200, query: "all", type: "text/event-stream" },
    summary: "Server-sent events: `state` first, then `session`, `gone`, `changed`, `cluster` and `notice`",
  },
  notices: {
    ...{ method: "get", path: "/notices", status: 200, answer: notices },
    summary: "What administrators have to say, and whether the cluster answers",
  },
  closeMessage: {
    ...{ method: "post", path: "/notices/close", status: 204, body: closedMessage },
    summary: "The message to oneself has been read; everybody's stays",
  },
  overview: {
    ...{ method: "get", path: "/admin/overview", status: 200, answer: overview, isForAdmins: true },
    summary: "GPU slices by node with who holds them, all templates, messages to users, and what is wrong",
  },
  usage: {
    ...{ method: "get", path: "/admin/usage", status: 200, answer: usageView, isForAdmins: true },
    summary: "Hours of GPU slices by month and user",
  },
  usageCsv: {
    ...{ method: "get", path: "/admin/usage.csv", status: 200, type: "text/csv", isForAdmins: true },
    summary: "The same for spreadsheets",
  },
  message: {
    ...{ method: "post", path: "/admin/message", status: 204, body: newMessage, isForAdmins: true },
    summary: "Tell everybody, or one user, something on every page",
  },
  switchOff: {
    ...{ method: "post", path: "/admin/templates/{name}/off", status: 204, body: switchOff, isForAdmins: true },
    summary: "Nobody starts a desktop of a template in the portal meanwhile",
  },
  switchOn: {
    ...{ method: "post", path: "/admin/templates/{name}/on", status: 204, isForAdmins: true },
    summary: "Give a template free again",
  },
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof operations;

/** The operation that a request asks for, and the session's name in its path. */
export function findOperation(
  method: string,
  path: string,
): { name: OperationName; session: string } | { allowed: string[] } {
  const allowed: string[] = [];
  for (const [name, operation] of Object.entries(operations) as [OperationName, Operation][]) {
    const session = match(operation.path, path);
    if (session === undefined) continue;
    if (operation.method === method.toLowerCase()) return { name, session };
    allowed.push(operation.method.toUpperCase());
  }
  return { allowed };
}

/** @returns undefined for another path, "" for one without a name */
function match(pattern: string, path: string): string | undefined {
  const [before = "", after] = pattern.split("{name}");
  if (after === undefined) return path === pattern ? "" : undefined;
  if (!path.startsWith(before) || !path.endsWith(after)) return undefined;
  const name = path.slice(before.length, path.length - after.length);
  return /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(name) ? name : undefined;
}
