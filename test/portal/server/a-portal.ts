import { randomUUID } from "node:crypto";
import { EventEmitter, on } from "node:events";
import { request } from "node:http";
import { setImmediate as turn } from "node:timers/promises";
import { text } from "node:stream/consumers";
import type { z } from "zod";
import type { AnyObject } from "../../../kube/object.ts";
import type { WatchEvent } from "../../../kube/watch-events.ts";
import { apiHandlers } from "../../../portal/api/handlers.ts";
import { Actions } from "../../../portal/cluster/actions.ts";
import type { Audit } from "../../../portal/cluster/actions.ts";
import { Knowledge } from "../../../portal/cluster/knowledge.ts";
import { PortalRecord, recordName } from "../../../portal/cluster/record.ts";
import type { Person } from "../../../portal/rights/person.ts";
import { Assets } from "../../../portal/server/assets.ts";
import { follow } from "../../../portal/server/follow.ts";
import { servePortal } from "../../../portal/server/server.ts";
import { Streams } from "../../../portal/server/streams.ts";
import { authenticate } from "../../../portal/sign-in/authenticate.ts";
import { SignInRoutes } from "../../../portal/sign-in/routes.ts";
import { Seal } from "../../../portal/sign-in/seal.ts";
import type { PortalSettings } from "../../../portal/settings.ts";
import { FakeClock } from "../../kube/fake-clock.ts";
import { namespace, session } from "../objects.ts";

/** What the portal's own route adds. */
export const proxySecret = "what only the portal's own route adds";
export const origin = "https://my.desktops.example.com";
const signIn: PortalSettings["signIn"] = {
  kind: "oidc",
  ...{ issuer: "https://issuer.example.com", clientId: "portal", clientSecretFile: undefined },
  ...{ scopes: "openid", userClaim: "email", groupsClaim: "groups" },
};

export interface PortalAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
  readonly json: <Schema extends z.ZodType>(schema: Schema) => z.output<Schema>;
}

/** A whole portal over a cluster that is a list of objects; what it writes is recorded. */
export class APortal {
  readonly clock = new FakeClock();
  readonly seal = new Seal(Buffer.alloc(32, "key"), () => this.clock.date().getTime());
  readonly written: { verb: string; object: AnyObject; options?: unknown }[] = [];
  readonly links: string[] = [];
  readonly audit: object[] = [];
  readonly warnings: string[] = [];
  /** Tokens that count no more. */
  readonly revoked = new Set<string>();
  /** Tokens that the API server was asked about. */
  readonly reviewed: string[] = [];
  /** What the issuer was asked for: codes and refresh tokens. */
  readonly askedIssuer: string[] = [];
  /** What it remembers. */
  readonly record: PortalRecord;
  /** Thrown by the next writes. */
  failure: Error | undefined;
  port = 0;
  readonly #changes = new EventEmitter();
  #version = 20;
  readonly #objects: AnyObject[];
  readonly #signIn: PortalSettings["signIn"];
  readonly #over = new AbortController();
  #close: () => Promise<unknown> = () => Promise.resolve();

  constructor(objects: readonly object[], how: PortalSettings["signIn"] = signIn) {
    const usage = { countedUntil: "2026-01-01T00:00:00Z", months: { "2026-01": { "=bob": 5_400 } } };
    const kept: AnyObject = {
      ...{ apiVersion: "v1", kind: "ConfigMap", data: { usage: JSON.stringify(usage) } },
      metadata: { name: recordName, namespace: "kasm-vdi-system", resourceVersion: "10" },
    };
    this.#objects = [...(objects as AnyObject[]), kept];
    this.#signIn = how;
    this.record = new PortalRecord({
      client: {
        ...this.#reader(),
        mergePatch: ({ data }) => {
          Object.assign(kept["data"] as object, data);
          return Promise.resolve({ ...kept, metadata: { ...kept.metadata, resourceVersion: String(++this.#version) } });
        },
      },
      ...{ namespace: "kasm-vdi-system", clock: this.clock, log: () => undefined },
    });
  }

  async open(): Promise<this> {
    const { clock, seal } = this;
    const known = new Knowledge({ client: this.#reader(), namespace, clock, log: () => undefined });
    void known.run(this.#over.signal);
    void this.record.run(this.#over.signal);
    await Promise.all([known.synced, this.record.synced]);
    // The watches begin.
    await turn();
    const { record } = this;
    const streams = new Streams({ clock, mostPerPerson: 3 });
    const write = (verb: string) => (object: AnyObject, options?: unknown) => {
      if (this.failure) return Promise.reject(this.failure);
      this.written.push({ verb, object, options });
      // What the API server would answer: defaults filled in, and what was there already.
      const name = object.metadata?.name ?? "";
      const before = (this.#objects.find(({ metadata }) => metadata?.name === name) ?? session(name)) as AnyObject;
      const metadata = { ...before.metadata, ...object.metadata, resourceVersion: String(++this.#version) };
      const spec = { ...(before["spec"] as object), ...(object["spec"] as object | undefined) };
      return Promise.resolve({ ...before, ...object, metadata, spec });
    };
    const audit: Audit = (line) => this.audit.push(line);
    const actions = new Actions({
      client: {
        ...{ create: write("create"), mergePatch: write("patch") },
        delete: (key, _propagation, options) => write("delete")({ ...key }, options).then(() => undefined),
      },
      ...{ known, clock, off: () => record.off, audit },
    });
    const link = (session: string) => {
      this.links.push(session);
      return Promise.resolve({ url: "https://x.desktops.example.com/?vdi_token=t", expiresAt: "2026-01-01T00:01:00Z" });
    };
    const server = await servePortal({
      ...{ port: 0, host: "127.0.0.1", url: new URL(origin), clock },
      authenticate: authenticate({
        ...{ seal, signIn: this.#signIn, proxySecret, adminGroups: ["vdi-admins"] },
        review: (token) => {
          this.reviewed.push(token);
          const isKnown = token.startsWith("token-of-") && !this.revoked.has(token);
          return Promise.resolve(isKnown ? { user: token.slice("token-of-".length) } : undefined);
        },
        mayActForAll: ({ user }) => Promise.resolve(user === "system:serviceaccount:ci:admin"),
      }),
      signIn: this.#signIn.kind === "oidc" ? this.#signInRoutes() : undefined,
      handlers: apiHandlers({
        known,
        contact: { isAway: false },
        ...{ actions, record, starts: { usualSeconds: () => 3 } },
        streams,
        link,
        clock,
        audit,
        domain: "desktops.example.com",
      }),
      assets: new Assets({ script: "export {};", style: "body{}" }),
      observe: () => undefined,
      log: (_level, message) => this.warnings.push(message),
    });
    const unfollow = follow(known, streams, clock);
    record.on(() => streams.notices(record.message, (user) => record.messageTo(user)));
    this.port = server.port;
    this.#close = async () => {
      unfollow();
      streams.close();
      this.#over.abort();
      const closed = server.close();
      await clock.advance(5_000);
      await closed;
    };
    return this;
  }

  close(): Promise<unknown> {
    return this.#close();
  }

  /** What the watch tells of. */
  change(object: object, type: "ADDED" | "MODIFIED" | "DELETED" = "MODIFIED"): void {
    const { kind = "", metadata, ...rest } = structuredClone(object) as AnyObject;
    const resourceVersion = String(++this.#version);
    this.#changes.emit(kind, { type, object: { kind, ...rest, metadata: { ...metadata, resourceVersion } } });
  }

  async cookie({ user, groups }: Person, lifeSeconds = 3_600): Promise<string> {
    return `__Host-portal=${await this.seal.seal("session", { user, groups }, lifeSeconds)}`;
  }

  /** As the portal's own page would ask, unless `headers` say otherwise; a header that is undefined is left out. */
  async ask(
    method: string,
    path: string,
    {
      person,
      body,
      headers = {},
    }: { person?: Person; body?: object; headers?: Record<string, string | string[] | undefined> } = {},
  ): Promise<PortalAnswer> {
    const all: Record<string, string | string[] | undefined> = {
      ...{ origin, "sec-fetch-site": "same-origin" },
      ...(person && { cookie: await this.cookie(person) }),
      ...(body !== undefined && { "content-type": "application/json" }),
      ...headers,
    };
    const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Record<
      string,
      string
    >;
    return new Promise((resolve, reject) => {
      const sent = request({ host: "127.0.0.1", port: this.port, method, path, headers: given }, (response) => {
        text(response).then((answer) => {
          const { statusCode = 0, headers: received } = response;
          resolve({
            status: statusCode,
            headers: received,
            body: answer,
            json: (schema) => schema.parse(JSON.parse(answer)),
          });
        }, reject);
      });
      sent.once("error", reject);
      sent.end(body && JSON.stringify(body));
    });
  }

  /** Reads an event stream as text; `until` looks at all that has come. */
  stream(path: string, cookie: string) {
    const read = { text: "", status: 0, end: (): unknown => undefined };
    const opened = new Promise<typeof read>((resolve, reject) => {
      const headers = { cookie, "sec-fetch-site": "same-origin" };
      const sent = request({ host: "127.0.0.1", port: this.port, path, headers }, (response) => {
        read.status = response.statusCode ?? 0;
        response.setEncoding("utf8").on("data", (part: string) => (read.text += part));
        response.on("error", () => undefined);
        resolve(read);
      });
      read.end = () => sent.destroy();
      sent.once("error", reject);
      sent.end();
    });
    return opened;
  }

  /** With an issuer that knows everybody as who they are, by the code or refresh token `of:USER`. */
  #signInRoutes(): SignInRoutes {
    const ask = (what: string) => {
      this.askedIssuer.push(what);
      const [, user = ""] = /of:([^&]+)/.exec(what) ?? [];
      return Promise.resolve({ person: { user, groups: [], isAdmin: false }, refreshToken: `of:${user}` });
    };
    const begin = (returnTo: string) => {
      const flow = { state: randomUUID(), nonce: "nonce", verifier: "verifier", returnTo };
      return Promise.resolve({ location: "https://issuer.example.com/auth", flow });
    };
    const signOutLocation = () => Promise.resolve(undefined);
    return new SignInRoutes({ begin, complete: ask, renew: ask, signOutLocation }, this.seal, () => undefined);
  }

  #reader() {
    return {
      listPage: (apiVersion: string, kind: string) =>
        Promise.resolve({
          items: structuredClone(this.#objects.filter((it) => it.kind === kind)).map((it) => ({ ...it, apiVersion })),
          resourceVersion: "10",
        }),
      watch: (_apiVersion: string, kind: string) => Promise.resolve(this.#events(kind)),
    };
  }

  async *#events(kind: string): AsyncIterable<WatchEvent> {
    const changes = on(this.#changes, kind, { signal: this.#over.signal }) as AsyncIterable<[WatchEvent]>;
    for await (const [event] of changes) yield event;
  }
}
