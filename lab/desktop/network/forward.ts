import { unlinkSync } from "node:fs";
import { connect, createServer } from "node:net";
import type { Server, Socket } from "node:net";
import { pipeline } from "node:stream";

/** A port of 127.0.0.1, `ADDRESS:PORT`, or the path of a Unix socket, which leads through network namespaces. */
export type End = number | string;

/** Whoever connects to `from` speaks with `to`. */
export interface Forward {
  readonly from: End;
  readonly to: End;
}

/** Leads connections on, byte by byte, until it is closed. */
export async function forward({ from, to }: Forward): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = dial(to);
    const end = () => {
      near.destroy();
      far.destroy();
    };
    near.on("error", end);
    far.on("error", end);
    pipeline(near, far, () => undefined);
    pipeline(far, near, () => undefined);
  });
  const place = placeOf(from);
  if ("path" in place) removeSocket(place.path);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(place, resolve);
  });
  return server;
}

function dial(to: End): Socket {
  return connect({ ...placeOf(to), allowHalfOpen: true, noDelay: true });
}

function placeOf(end: End): { path: string } | { host: string; port: number } {
  if (typeof end === "number") return { host: "127.0.0.1", port: end };
  const [, host, port] = /^([\d.]+):(\d+)$/.exec(end) ?? [];
  return host === undefined ? { path: end } : { host, port: Number(port) };
}

/** Left behind by a process that was killed. */
function removeSocket(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

/** `20001=run/traefik.sock` and the like, as a process is told by its arguments. */
export function forwardText({ from, to }: Forward): string {
  return `${from}=${to}`;
}

export function parseForward(text: string): Forward {
  const [from = "", to = ""] = text.split("=");
  const end = (word: string): End => (/^\d+$/.test(word) ? Number(word) : word);
  return { from: end(from), to: end(to) };
}
