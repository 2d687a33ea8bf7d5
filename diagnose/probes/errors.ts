/** What went wrong with a connection, as Node calls it: `ECONNREFUSED`. */
export function errorCode(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at.name === "TimeoutError" || at.name === "AbortError") return "ETIMEDOUT";
    if ("code" in at && typeof at.code === "string") return at.code;
  }
  return "UNKNOWN";
}

export function errorText(error: unknown): string {
  const code = errorCode(error);
  if (code === "ETIMEDOUT") return "does not answer in time";
  if (code === "ECONNREFUSED") return "refuses the connection";
  // A WebSocket tells of its failure by an event.
  const { message } = (error ?? {}) as { message?: unknown };
  return typeof message === "string" && message !== "" ? message : code;
}
