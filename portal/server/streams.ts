import type { ServerResponse } from "node:http";
import type { Clock } from "../../kube/clock.ts";
import type { SessionView } from "../api/schemas.ts";
import { Refusal } from "../api/problem.ts";
import type { Person } from "../rights/person.ts";

interface Stream {
  readonly response: ServerResponse;
  readonly user: string;
  /** Of an administrator who wants to see all. */
  readonly seesAll: boolean;
}

export interface StreamsOptions {
  readonly clock: Clock;
  readonly mostInAll?: number;
  readonly mostPerPerson?: number;
}

// Proxies end what says nothing for a minute.
const heartbeatMs = 20_000;
// Whoever knows people otherwise than by our cookie does not tell us of the end of their sign-in.
const longestMs = 3_600_000;
// Who does not read is cut off, and comes back to the whole state.
const mostUnreadBytes = 262_144;

/** Open server-sent event streams. Each change is written down once, and sent to whom it concerns. */
export class Streams {
  readonly #byUser = new Map<string, Set<Stream>>();
  readonly #seeingAll = new Set<Stream>();
  readonly #all = new Set<Stream>();
  readonly #mostInAll: number;
  readonly #mostPerPerson: number;
  readonly #clock: Clock;
  #stopBeating: (() => void) | undefined;

  constructor({ clock, mostInAll = 2_000, mostPerPerson = 12 }: StreamsOptions) {
    this.#clock = clock;
    this.#mostInAll = mostInAll;
    this.#mostPerPerson = mostPerPerson;
  }

  get size(): number {
    return this.#all.size;
  }

  /**
   * Opens a stream, which begins with the whole state, and ends after an hour: whoever may still see it comes back.
   *
   * @param options.endsAtMs when the sign-in ends, where that is known
   * @throws Refusal 429 when the person, or all together, have too many
   */
  open(
    response: ServerResponse,
    person: Person,
    options: { seesAll: boolean; state: object; endsAtMs?: number },
  ): void {
    const { user } = person;
    // Whoever went while we asked who it was: `close` has been, and would not come again to make room.
    if (response.destroyed) return;
    if ((this.#byUser.get(user)?.size ?? 0) >= this.#mostPerPerson || this.#all.size >= this.#mostInAll)
      throw new Refusal(429, "Too many pages are open: close some.", { "Retry-After": "30" });
    const stream = { response, user, seesAll: options.seesAll };
    response.writeHead(200, {
      ...{ "Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no" },
      "X-Content-Type-Options": "nosniff",
    });
    this.#add(stream);
    // Whose sign-in ends sees no more; the page asks who she is before it comes back.
    const leftMs = (options.endsAtMs ?? Infinity) - this.#clock.date().getTime();
    const cancel = this.#clock.after(Math.min(longestMs, Math.max(0, leftMs)), () => end(response));
    response.once("close", () => {
      cancel();
      this.#remove(stream);
    });
    this.#send([stream], text("state", options.state, 2_000));
    this.#beat();
  }

  /** Tells the session's user, and administrators. */
  session(view: SessionView): void {
    this.#send(this.#concerned(view.user), text("session", view));
  }

  gone(name: string, user: string): void {
    this.#send(this.#concerned(user), text("gone", { name }));
  }

  /** Something that is asked for anew has changed: templates, or what is free of them. */
  changed(what: "templates"): void {
    this.#send(this.#all, text("changed", { what }));
  }

  /** Tells everybody what an administrator has to say to all, and to them. */
  notices(message: string, messageTo: (user: string) => string): void {
    for (const [user, own] of this.#byUser) this.#send(own, text("notice", { message, ownMessage: messageTo(user) }));
  }

  /** Tells everybody whether the API server answers. */
  cluster(isAway: boolean): void {
    this.#send(this.#all, text("cluster", { isAway }));
  }

  /** Ends all, so that pages come back to another replica. */
  close(): void {
    this.#stopBeating?.();
    for (const { response } of this.#all) response.end();
  }

  *#concerned(user: string): Iterable<Stream> {
    yield* this.#byUser.get(user) ?? [];
    for (const stream of this.#seeingAll) if (stream.user !== user) yield stream;
  }

  #send(streams: Iterable<Stream>, message: string): void {
    for (const { response } of streams)
      if (response.writableEnded || response.destroyed) continue;
      else if (response.writableLength > mostUnreadBytes) response.destroy();
      else response.write(message);
  }

  #add(stream: Stream): void {
    this.#all.add(stream);
    if (stream.seesAll) this.#seeingAll.add(stream);
    const own = this.#byUser.get(stream.user) ?? new Set();
    this.#byUser.set(stream.user, own.add(stream));
  }

  #remove(stream: Stream): void {
    this.#all.delete(stream);
    this.#seeingAll.delete(stream);
    const own = this.#byUser.get(stream.user);
    own?.delete(stream);
    if (own?.size === 0) this.#byUser.delete(stream.user);
  }

  #beat(): void {
    if (this.#stopBeating) return;
    this.#stopBeating = this.#clock.after(heartbeatMs, () => {
      this.#stopBeating = undefined;
      if (this.#all.size === 0) return;
      this.#send(this.#all, ": still here\n\n");
      this.#beat();
    });
  }
}

/** Who has not read what there was would not read of the end either, and keep the place. */
function end(response: ServerResponse): void {
  if (response.writableLength > 0) response.destroy();
  else response.end();
}

function text(event: string, data: object, retryMs?: number): string {
  // JSON has no line breaks of its own, so that one line is enough.
  return `${retryMs === undefined ? "" : `retry: ${retryMs}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
