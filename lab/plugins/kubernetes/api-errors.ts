/** What the API server refused. `message` is the server's own sentence. */
export class ApiError extends Error {
  readonly status: number;
  /** Kubernetes' word for it: AlreadyExists, Conflict, Invalid, NotFound ... */
  readonly reason: string;
  readonly details: { kind?: string; causes?: { reason?: string; message?: string; field?: string }[] };

  constructor(status: number, body: string) {
    const parsed = parseStatus(body);
    super(parsed.message ?? `HTTP ${status}`);
    this.name = "ApiError";
    this.status = status;
    this.reason = parsed.reason ?? "";
    this.details = parsed.details ?? {};
  }
}

/** The server does not know the kind: its CustomResourceDefinition is not there (yet). */
export class NoMatchError extends Error {
  constructor(apiVersion: string, kind: string) {
    super(`the API server knows no kind ${kind} in ${apiVersion}; is its CustomResourceDefinition installed?`);
    this.name = "NoMatchError";
  }
}

export function hasStatus(error: unknown, status: number): boolean {
  return error instanceof ApiError && error.status === status;
}

export function isAlreadyExists(error: unknown): boolean {
  return error instanceof ApiError && error.reason === "AlreadyExists";
}

export function isMissingNamespace(error: unknown): boolean {
  return hasStatus(error, 404) && (error as ApiError).details.kind === "namespaces";
}

/** No answer: refused or broken connections, and a server that is starting or overloaded. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof ApiError) return [429, 502, 503, 504].includes(error.status);
  return networkProblem(error) !== undefined;
}

/** The socket's own word, such as ECONNREFUSED; undefined when the error is of another nature. */
export function networkProblem(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as { code?: unknown };
    if (typeof code === "string" && /^(E[A-Z]{4,}|UND_ERR_[A-Z_]+)$/.test(code)) return code;
    if (cause.name === "TimeoutError") return "timeout";
  }
  return undefined;
}

/** One line for people. */
export function problemText(error: unknown): string {
  const network = networkProblem(error);
  if (network !== undefined) return `the API server did not answer (${network})`;
  if (!(error instanceof Error)) return String(error);
  // fetch itself only says that it failed; what it met, a bad certificate for example, is the cause.
  return error.cause instanceof Error && error.message === "fetch failed" ? error.cause.message : error.message;
}

interface StatusBody {
  message?: string;
  reason?: string;
  details?: ApiError["details"];
}

function parseStatus(body: string): StatusBody {
  try {
    return JSON.parse(body) as StatusBody;
  } catch {
    // Proxies and an API server that is starting answer plain text.
    return { message: body.trim().slice(0, 200) };
  }
}
