import type {
  Me,
  NewSession,
  Notices,
  Overview,
  Problem,
  SessionView,
  TemplateView,
  UsageView,
} from "../api/schemas.ts";

/** The portal refused, or was not there; the message is for the person. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** 0 where nobody answered. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export const api = {
  me: () => ask<Me>("GET", "/api/v1/me"),
  templates: () => ask<TemplateView[]>("GET", "/api/v1/templates"),
  sessions: (all: boolean) => ask<SessionView[]>("GET", `/api/v1/sessions${all ? "?all=true" : ""}`),
  create: (session: NewSession) => ask<SessionView>("POST", "/api/v1/sessions", session),
  remove: (name: string) => ask<undefined>("DELETE", pathOf(name)),
  act: (name: string, action: "suspend" | "resume" | "restart" | "stay" | "revoke") =>
    ask<SessionView>("POST", `${pathOf(name)}/${action}`),
  extend: (name: string, minutes: number) => ask<SessionView>("POST", `${pathOf(name)}/extend`, { minutes }),
  link: (name: string) => ask<{ url: string }>("POST", `${pathOf(name)}/link`),
  overview: () => ask<Overview>("GET", "/api/v1/admin/overview"),
  usage: () => ask<UsageView>("GET", "/api/v1/admin/usage"),
  notices: () => ask<Notices>("GET", "/api/v1/notices"),
  closeMessage: (text: string) => ask<undefined>("POST", "/api/v1/notices/close", { text }),
  setMessage: (message: { text: string; user?: string }) => ask<undefined>("POST", "/api/v1/admin/message", message),
  switchOff: (template: string, reason: string) =>
    ask<undefined>("POST", `/api/v1/admin/templates/${template}/off`, { reason }),
  switchOn: (template: string) => ask<undefined>("POST", `/api/v1/admin/templates/${template}/on`),
  renew: () => ask<{ expiresAt: string }>("POST", "/sign-in/renew"),
  signOut: () => ask<{ location: string }>("POST", "/sign-out"),
};

function pathOf(name: string): string {
  return `/api/v1/sessions/${encodeURIComponent(name)}`;
}

async function ask<T>(method: string, path: string, body?: object): Promise<T> {
  const response = await fetch(path, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
  }).catch(() => undefined);
  if (!response) throw new ApiError(0, "");
  if (response.status === 204) return undefined as T;
  const answer = (await response.json().catch(() => undefined)) as T | Problem | undefined;
  if (response.ok) return answer as T;
  throw new ApiError(response.status, (answer as Problem | undefined)?.detail ?? `HTTP ${response.status}`);
}
