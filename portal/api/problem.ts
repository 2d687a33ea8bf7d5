import { STATUS_CODES } from "node:http";
import { apiMessage, classifyError, isPolicyUnready, statusCode } from "../../kube/client.ts";
import type { Problem } from "./schemas.ts";

/** A request that is refused; thrown, and answered as problem+json (RFC 9457). */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  /**
   * @param detail for the person, as a sentence
   * @param options cause: what is for the log alone
   */
  constructor(status: number, detail: string, headers: Readonly<Record<string, string>> = {}, options?: ErrorOptions) {
    super(detail, options);
    this.status = status;
    this.headers = headers;
  }
}

export function problemOf({ status, message }: Refusal): Problem {
  return { type: "about:blank", title: STATUS_CODES[status] ?? "Error", status, detail: message };
}

/** No difference between what is not there and what is somebody else's. */
export function noSession(name: string): Refusal {
  return new Refusal(404, `There is no session ${name} of yours.`);
}

/** What the API server's refusal means for whoever asked the portal. Its sentences say what to do, so they are passed on. */
export function refusalOf(error: unknown): Refusal {
  if (refusesPortal(error)) return new Refusal(503, refusedSentence, { "Retry-After": "5" }, { cause: error });
  switch (classifyError(error)) {
    case "not-found":
      return new Refusal(404, "It is not there any more.");
    case "exists":
      return new Refusal(409, "There is a session of that name already; take another name.");
    case "conflict":
      return new Refusal(409, "It has changed meanwhile; look again.");
    case "quota":
      return new Refusal(409, apiMessage(error));
    case "denied":
      return new Refusal(403, apiMessage(error));
    case "invalid":
      return new Refusal(422, apiMessage(error));
    case "throttled":
      return new Refusal(429, "The cluster is busy; try again in a moment.", { "Retry-After": "1" });
    default:
      return unavailable();
  }
}

const refusedSentence =
  "The cluster does not take changes from the portal just now, as when it has only just started; desktops that run go on. " +
  "Try again in a moment. If this stays so, tell your administrator.";

/**
 * Whether a refusal is about the portal itself, and nothing that the person did: its token, its roles, or policies that cannot
 * judge yet. An API server answers before it has read roles and the kinds that policies ask for.
 */
function refusesPortal(error: unknown): boolean {
  const isByRole = /is forbidden: User "[^"]*" cannot /.test(apiMessage(error));
  return statusCode(error) === 401 || isByRole || isPolicyUnready(error);
}

function unavailable(): Refusal {
  return new Refusal(503, "The cluster does not answer just now; desktops that run go on. Try again in a moment.", {
    "Retry-After": "5",
  });
}
