import { execa } from "execa";
import { join } from "node:path";
import type { LabLayout } from "../lab/cluster/layout.ts";
import { amongDesktops } from "../lab/desktop/launches.ts";
import { desktopsPid } from "./desktop-starts.ts";

/** Milliseconds of one HTTP request on an open connection. */
export interface WayFigures {
  readonly directMs: number;
  /** Through Traefik and its forward auth. */
  readonly routedMs: number;
}

/** What the process among the desktops is told. */
export interface WayQuestion {
  readonly podIp: string;
  readonly host: string;
  readonly cookie: string;
  readonly requests: number;
}

/** Asks a desktop by both ways in turn, from the network that it is in. */
export async function measureWay(layout: LabLayout, question: WayQuestion): Promise<WayFigures> {
  const script = { program: process.execPath, args: [join(import.meta.dirname, "desktop-requests.ts")], files: [] };
  const { program, args } = amongDesktops(script, desktopsPid(layout));
  // The cookie is a secret: it does not belong on a command line.
  const { stdout } = await execa(program, args, { input: JSON.stringify(question) });
  return JSON.parse(stdout) as WayFigures;
}
