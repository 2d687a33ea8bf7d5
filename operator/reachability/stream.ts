import type { Agent } from "undici";
import { isIPv6 } from "node:net";
import type { ActivitySource } from "../activity/source.ts";
import type { Reading, Sample } from "../activity/reading.ts";
import type { Check } from "../view/session-view.ts";
import { NoAnswerError, sendProbe } from "./probe-request.ts";
import { podAddressProblem } from "./pod-address.ts";
import type { AddressRules } from "./pod-address.ts";

/** Where a desktop's stream is. */
export interface StreamTarget {
  /** Of the pod, as its status says. */
  readonly ip: string;
  readonly nodeIp?: string;
  readonly port: number;
  readonly scheme: "http" | "https";
  readonly path: string;
  /** Where its family gives the picture, which is asked for in the place of `path`. */
  readonly picturePath?: string;
}

/** Of the pod's own Secret. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** What a look needs besides its target. */
export interface LookContext extends Pick<AddressRules, "allowLoopback"> {
  readonly agent: Agent;
  readonly signal: AbortSignal;
}

/** Whether an answer says that the password is not right: then another one is in the Secret now, or the pod has another. */
export type StreamCheck = Check & { readonly refused?: true };

/** Asks a desktop's stream server with the session's own password. Every answer counts that comes from the stream itself. */
export async function checkStream(
  target: StreamTarget,
  credentials: Credentials,
  context: LookContext,
): Promise<StreamCheck> {
  const problem = podAddressProblem(target.ip, { ...context, nodeIp: target.nodeIp });
  if (problem !== undefined) return { ok: false, message: problem };
  try {
    const { status, body } = await sendProbe(context.agent, urlOf(target, target.picturePath ?? target.path), {
      headers: authorization(credentials),
      mostBytes: (code) => (target.picturePath !== undefined && code === 404 ? mostNoticeBytes : 0),
      signal: context.signal,
    });
    // Cannot take a picture, and says so itself.
    const isUnable = target.picturePath !== undefined && status === 501;
    const refusal = isUnable ? undefined : (refusalOf(target, status) ?? lossOf(target, body));
    return refusal ?? { ok: true, message: "The stream answers." };
  } catch (error) {
    if (error instanceof NoAnswerError) return { ok: false, message: unanswered(target, error) };
    throw error;
  }
}

/** Reads the desktop's own word on who is connected; a failed look leaves `connected` undefined and says why. */
export async function checkActivity(
  target: StreamTarget,
  source: ActivitySource,
  credentials: Credentials,
  before: Sample | undefined,
  context: LookContext & { readonly date: () => Date },
): Promise<Reading & { readonly refused?: true }> {
  const problem = podAddressProblem(target.ip, { ...context, nodeIp: target.nodeIp });
  if (problem !== undefined) return { connected: undefined, message: problem };
  try {
    const { status, body } = await sendProbe(context.agent, urlOf(target, source.path), {
      ...{ headers: authorization(credentials), mostBytes: mostActivityBytes, signal: context.signal },
    });
    const refusal = refusalOf(target, status);
    if (refusal) return { connected: undefined, ...refusal };
    if (status === 200) return source.parse(body, before, context.date().getTime());
    return { connected: undefined, message: `${source.path} of the desktop answers with HTTP ${status}.` };
  } catch (error) {
    if (error instanceof NoAnswerError) return { connected: undefined, message: unanswered(target, error) };
    throw error;
  }
}

const mostNoticeBytes = 4 * 1024;
const mostActivityBytes = 256 * 1024;

function urlOf({ scheme, ip, port }: StreamTarget, path: string): URL {
  const url = new URL(`${scheme}://${isIPv6(ip) ? `[${ip}]` : ip}:${port}`);
  const [pathname = "/", query = ""] = path.split("?", 2);
  // Set one by one: whatever they say, the host stays.
  url.pathname = pathname;
  url.search = query;
  return url;
}

/** HTTP Basic, as the images ask for it. */
export function authorization({ user, password }: Credentials) {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` };
}

function refusalOf({ ip, port }: StreamTarget, status: number): StreamCheck | undefined {
  if (status === 401)
    return {
      ok: false,
      refused: true,
      message: `The stream at ${ip}:${port} refuses the session's password (HTTP 401): delete the pod, so that it is made anew with it.`,
    };
  if (status >= 500)
    return {
      ok: false,
      message: `The stream at ${ip}:${port} answers with HTTP ${status}: the desktop behind it is not up.`,
    };
  return undefined;
}

/** Selkies answers 404 with these words when its display is gone; releases without such a path have others. */
function lossOf({ ip, port }: StreamTarget, body: string): StreamCheck | undefined {
  if (!body.startsWith("No such display")) return undefined;
  return { ok: false, isPictureLost: true, message: `The stream at ${ip}:${port} says that its display is gone.` };
}

function unanswered({ ip, port, scheme }: StreamTarget, { message }: NoAnswerError): string {
  const hint = message.startsWith("does not speak TLS")
    ? ": set spec.runtime.scheme of the template to http"
    : message.startsWith("does not answer in HTTP") && scheme === "http"
      ? ": set spec.runtime.scheme of the template to https if it speaks TLS"
      : message.startsWith("refuses")
        ? ": nothing listens on spec.runtime.port of the template yet"
        : message.startsWith("does not answer within")
          ? ": the desktop hangs, or a NetworkPolicy keeps the operator out"
          : "";
  return `The stream at ${ip}:${port} ${message}${hint}.`;
}
