import type { IncomingMessage } from "node:http";
import { z } from "zod";
import type { Clock } from "../../kube/clock.ts";
import type { VDISession } from "../api/objects.ts";
import { hostOf } from "../resources/names.ts";
import { jsonAnswer } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { hasEnded, tokenSubject } from "./decide.ts";
import type { Reviewed } from "./reviews.ts";
import { issueToken, tokenLifeMs } from "./tokens.ts";
import { linkParameter } from "./request.ts";

export interface LinkOptions {
  readonly domain: string;
  readonly key: Buffer;
  readonly sessions: { byName(name: string): VDISession | undefined };
  /** Who holds a Kubernetes token; undefined for nobody that the API server knows. */
  readonly review: (bearerToken: string) => Promise<Reviewed | undefined>;
  /** Whether somebody may act for others on the session of that name, be there one or not. */
  readonly mayActFor: (reviewed: Reviewed, sessionName: string) => Promise<boolean>;
  readonly clock: Clock;
  /** Why nothing may be ended by time now; undefined while the clocks agree. Default: they do. */
  readonly timeDoubt?: () => string | undefined;
}

const question = z.strictObject({ session: z.string().min(1).max(253) });
const largestQuestion = 4_096;
// Of its body: a real one is there with its headers.
const questionMs = 2_000;
const longestToken = 16_384;

/** What is asked at `/links`. */
export interface LinkQuestion {
  readonly session: string;
  /** Of Kubernetes; not known to be anybody's. */
  readonly bearerToken: string;
}

/** Reads the question within 2 s and 4 KiB, or refuses it. Costs nobody but who asks. */
export async function readLinkQuestion(request: IncomingMessage): Promise<LinkQuestion | Answer> {
  const bearerToken = bearer(request);
  if (bearerToken === undefined)
    return refusal(401, "no Kubernetes token: send `Authorization: Bearer TOKEN`", { "WWW-Authenticate": "Bearer" });
  const body = await readBody(request);
  if (body === late) return refusal(408, "the question did not come within 2 s", { Connection: "close" });
  const asked = body === undefined ? undefined : parseQuestion(body);
  return asked ? { ...asked, bearerToken } : refusal(400, 'not understood: send {"session": "NAME"} as JSON');
}

/** Gives a link to a desktop to its user, or to a portal that may act for others. */
export async function answerLink(asked: LinkQuestion, options: LinkOptions): Promise<Answer> {
  const { review, mayActFor, sessions, clock, domain, key } = options;
  const reviewed = await review(asked.bearerToken);
  if (reviewed === undefined)
    return refusal(401, "the API server does not know this token: it has ended, or is not of this cluster", {
      "WWW-Authenticate": 'Bearer error="invalid_token"',
    });
  const session = sessions.byName(asked.session);
  const isOwn = session?.spec.user === reviewed.user;
  // Asked for sessions that are not there as well: neither answer nor time tell whether others have one of that name.
  const isAllowed = isOwn || (await mayActFor(reviewed, asked.session));
  const nowMs = clock.date().getTime();
  if (!session || !isAllowed || hasEnded(session, options.timeDoubt?.() === undefined ? nowMs : -Infinity))
    return refusal(404, `there is no session ${asked.session} that ${reviewed.user} may open, or it has ended`);
  const host = hostOf(session, domain);
  const url = new URL(session.status?.url ?? `https://${host}/`);
  url.searchParams.set(linkParameter, issueToken(key, "link", tokenSubject(session, host), nowMs));
  const expiresAt = new Date(nowMs + tokenLifeMs.link).toISOString();
  return jsonAnswer(200, { url: url.href, expiresAt });
}

function refusal(status: number, message: string, headers?: Readonly<Record<string, string>>): Answer {
  return jsonAnswer(status, { message }, headers);
}

function bearer({ headersDistinct }: IncomingMessage): string | undefined {
  const values = headersDistinct["authorization"] ?? [];
  const [, token] = /^bearer +([\x21-\x7e]+)$/i.exec(values[0] ?? "") ?? [];
  return values.length === 1 && token !== undefined && token.length <= longestToken ? token : undefined;
}

const late = Symbol("late");

/** @returns undefined for too long a body. The request is not destroyed: whoever sends it gets an answer. */
function readBody(request: IncomingMessage): Promise<string | typeof late | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const end = (result: string | typeof late | undefined) => {
      clearTimeout(timer);
      request.off("data", take);
      resolve(result);
    };
    const take = (chunk: Buffer) => {
      size += chunk.length;
      if (size > largestQuestion) end(undefined);
      else chunks.push(chunk);
    };
    const timer = setTimeout(() => end(late), questionMs);
    request
      .on("data", take)
      .once("end", () => end(Buffer.concat(chunks).toString()))
      .once("error", (error) => {
        clearTimeout(timer);
        reject(error);
      });
  });
}

function parseQuestion(body: string): { session: string } | undefined {
  try {
    return question.parse(JSON.parse(body));
  } catch {
    return undefined;
  }
}
