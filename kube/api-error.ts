import { ApiException } from "@kubernetes/client-node";
import type { V1Status } from "@kubernetes/client-node";
import { untrusted } from "./untrusted-text.ts";

/** The HTTP status of an API error; undefined for anything else (a refused connection, a bug). */
export function statusCode(error: unknown): number | undefined {
  return error instanceof ApiException ? error.code : undefined;
}

/** The API server's own sentence, for people. What admission webhooks say is in it, as long as they like. */
export function apiMessage(error: unknown): string {
  if (!(error instanceof ApiException)) return untrusted(error instanceof Error ? plainMessage(error) : String(error));
  const status = apiStatus(error);
  return untrusted(status ? (status.message ?? `HTTP ${error.code}`) : `HTTP ${error.code}: ${String(error.body)}`);
}

/** The machine-readable reason of an API error: `AlreadyExists`, `Conflict`, `Expired`, `Forbidden`, ... */
export function apiReason(error: unknown): string | undefined {
  return error instanceof ApiException ? apiStatus(error)?.reason : undefined;
}

/** What an API error means for whoever made the request. */
export type ErrorClass =
  /** 404: the object, its namespace or its kind is not there. */
  | "not-found"
  /** 409 AlreadyExists. */
  | "exists"
  /** 409: another writer was faster (resourceVersion), or owns a field (server-side apply without force). */
  | "conflict"
  /** 410: a resourceVersion or a continue token that the server no longer has. */
  | "expired"
  /** 403 by a ResourceQuota: may pass later. */
  | "quota"
  /** 403 since the namespace is being deleted: nothing can be created in it any more. */
  | "terminating"
  /** 401 and 403 otherwise. */
  | "denied"
  /** 400, 405, 413, 415, 422: the same request never passes. */
  | "invalid"
  /** 429. */
  | "throttled"
  /** 5xx, a broken connection, no answer in time, or policies that cannot judge yet: the same request may pass later. */
  | "unavailable";

/** Sorts any error of a request, so that callers need not know status codes. Not for errors of one's own code. */
export function classifyError(error: unknown): ErrorClass {
  const code = statusCode(error);
  switch (code) {
    case undefined:
      return "unavailable";
    case 401:
      return "denied";
    case 403:
      return classifyForbidden(error);
    case 404:
      return "not-found";
    case 409:
      return apiReason(error) === "AlreadyExists" ? "exists" : "conflict";
    case 410:
      return "expired";
    case 429:
      return "throttled";
    default:
      return code < 500 && !isPolicyUnready(error) ? "invalid" : "unavailable";
  }
}

/**
 * Whether an admission policy could not judge. An API server answers before it has read what policies ask for, for up to half
 * a minute after its start (apiserver/pkg/admission/plugin/policy/generic/policy_dispatcher.go).
 */
export function isPolicyUnready(error: unknown): boolean {
  return statusCode(error) === 422 && /failed to configure (?:policy|binding): /.test(apiMessage(error));
}

function classifyForbidden(error: unknown): ErrorClass {
  const status = error instanceof ApiException ? apiStatus(error) : undefined;
  if (status?.details?.causes?.some(({ reason }) => reason === "NamespaceTerminating")) return "terminating";
  // ResourceQuota has no reason of its own (apiserver/pkg/admission/plugin/resourcequota/controller.go).
  return /exceeded quota:|insufficient quota/.test(untrusted(status?.message ?? "")) ? "quota" : "denied";
}

/** Seconds of the answer's Retry-After in milliseconds; undefined when it has none. */
export function retryAfterMs(error: unknown): number | undefined {
  if (!(error instanceof ApiException)) return undefined;
  const seconds = Number(error.headers["retry-after"]);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

function apiStatus(error: ApiException<unknown>): V1Status | undefined {
  try {
    const { body } = error;
    return (typeof body === "string" ? JSON.parse(body) : body) as V1Status;
  } catch {
    return undefined;
  }
}

// fetch hides why it failed in the cause: "fetch failed", cause "connect ECONNREFUSED 127.0.0.1:6443".
function plainMessage(error: Error): string {
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
