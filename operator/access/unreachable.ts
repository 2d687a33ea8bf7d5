import type { IncomingMessage } from "node:http";
import { addressOf, pageAnswer } from "./answer.ts";
import type { Answer } from "./answer.ts";
import type { VDISession } from "../api/objects.ts";
import { desktopState } from "./decide.ts";
import type { ForwardAuthOptions } from "./forward-auth.ts";
import type { Holds } from "./holds.ts";
import { silentPage, unreachablePage } from "./pages.ts";
import type { Page } from "./pages.ts";
import { readRequest, waitingUrl } from "./request.ts";

export interface UnreachableOptions extends Pick<ForwardAuthOptions, "sessions" | "observe" | "clock"> {
  readonly holds: Holds;
}

/**
 * Answers in the place of an error of Traefik's, to a request that was let in: what should have answered does not listen, or
 * Traefik has not heard of it yet. Who comes to a desktop that does not run is kept waiting until it does.
 *
 * @param query with the address of the request, as `url`
 */
export async function answerUnreachable(
  { headers, headersDistinct }: Pick<IncomingMessage, "headers" | "headersDistinct">,
  query: string | undefined,
  { sessions, observe, clock, holds }: UnreachableOptions,
): Promise<Answer> {
  observe?.("unreachable");
  const { pathname, search } = URL.parse(new URLSearchParams(query).get("url") ?? "") ?? { pathname: "/", search: "" };
  // Where forwardAuth has it.
  const uri = { "x-forwarded-uri": [`${pathname}${search}`] };
  const request = readRequest({ headers, headersDistinct: { ...headersDistinct, ...uri } }, undefined);
  if (!request) return pageAnswer(unreachablePage, false);
  const session = () => sessions.byHost(request.host);
  const isDown = () => {
    const present = session();
    return present !== undefined && desktopState(present).kind !== "ready";
  };
  if (isDown()) await holds.until(() => !isDown());
  // A desktop that asks for the password itself would see the parameter by which the gateway knows its own pages.
  const asksGateway = sessions.template(session()?.spec.template ?? "")?.spec.access === "ForwardAuth";
  const open = addressOf(request);
  const again = asksGateway ? waitingUrl(request) : open;
  return pageAnswer(pageOf(session(), clock.date().getTime()), request.isNavigation, {}, { again, open });
}

// Traefik hears of a desktop within seconds. What has not answered for longer may never: a forgotten page asks less often.
const justReadyMs = 30_000;

function pageOf(session: VDISession | undefined, nowMs: number): Page {
  const ready = session?.status?.conditions?.find(({ type }) => type === "Ready");
  return ready && nowMs - Date.parse(ready.lastTransitionTime) > justReadyMs ? silentPage : unreachablePage;
}
