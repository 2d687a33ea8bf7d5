import type { SessionView } from "../api/schemas.ts";
import { api, ApiError } from "./api.ts";
import type { Change, Desktops } from "./state.ts";

export type Connection = "live" | "polling" | "away";

export interface Listener {
  readonly change: (change: Change) => void;
  readonly connection: (connection: Connection) => void;
  /** Nobody is signed in any more. */
  readonly signedOut: () => void;
}

const pollMs = 5_000;
const streamAgainMs = 20_000;

/** Follows sessions by the event stream; where none gets through, by asking every few seconds. Returns what ends that. */
export function follow(all: boolean, listener: Listener): () => void {
  let timer: number | undefined;
  let stream: EventSource | undefined;
  let isOver = false;
  let streamAt = 0;

  const poll = async () => {
    try {
      const [sessions, templates, notices] = await Promise.all([api.sessions(all), api.templates(), api.notices()]);
      if (isOver || stream?.readyState === EventSource.OPEN) return;
      listener.change({ type: "state", sessions, templates, ...notices });
      listener.connection("polling");
    } catch (error) {
      if (isOver) return;
      if (error instanceof ApiError && error.status === 401) {
        listener.signedOut();
        return;
      }
      listener.connection("away");
    }
    timer = window.setTimeout(() => {
      if (Date.now() >= streamAt) open();
      void poll();
    }, pollMs);
  };

  const open = () => {
    stream?.close();
    streamAt = Date.now() + streamAgainMs;
    stream = new EventSource(`/api/v1/events${all ? "?all=true" : ""}`);
    const on = (type: string, take: (data: unknown) => void) =>
      stream?.addEventListener(type, (event: MessageEvent<string>) => take(JSON.parse(event.data)));
    on("state", (data) => {
      window.clearTimeout(timer);
      timer = undefined;
      listener.connection("live");
      listener.change({ type: "state", ...(data as Desktops) });
    });
    on("session", (data) => listener.change({ type: "session", session: data as SessionView }));
    on("gone", (data) => listener.change({ type: "gone", ...(data as { name: string }) }));
    on("notice", (data) => listener.change({ type: "notice", ...(data as Pick<Desktops, "message" | "ownMessage">) }));
    on("cluster", (data) => listener.change({ type: "cluster", ...(data as { isAway: boolean }) }));
    on("changed", () => {
      api.templates().then(
        (templates) => listener.change({ type: "templates", templates }),
        () => undefined,
      );
    });
    stream.onerror = () => {
      if (!isOver && timer === undefined) void poll();
    };
  };

  open();
  return () => {
    isOver = true;
    stream?.close();
    window.clearTimeout(timer);
  };
}
