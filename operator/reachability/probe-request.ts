import { Agent, errors } from "undici";

/** An answer, with at most as much of its body as was asked for. */
export interface Answer {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly body: string;
}

export interface ProbeRequest {
  readonly headers?: Readonly<Record<string, string>>;
  /** By its status: an answer with more than this is no answer; 0 reads none of it. */
  readonly mostBytes: number | ((status: number) => number);
  readonly signal: AbortSignal;
}

/** There was no answer; the message says why, as the end of a sentence that begins with who was asked. */
export class NoAnswerError extends Error {
  override readonly name = "NoAnswerError";
}

const timeoutMs = 5_000;

/**
 * An agent for looks. Streams have certificates of their own making, so there is nothing to verify them by. A connection
 * serves one look: the next one is half a minute away.
 */
export function probeAgent(): Agent {
  return new Agent({
    connect: { rejectUnauthorized: false, timeout: timeoutMs },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxHeaderSize: 32 * 1024,
    allowH2: false,
  });
}

/**
 * One GET within 5 s. Redirects are not followed.
 *
 * @throws NoAnswerError
 */
export async function sendProbe(agent: Agent, url: URL, options: ProbeRequest): Promise<Answer> {
  const end = new AbortController();
  const stop = () => end.abort();
  const timer = setTimeout(stop, timeoutMs);
  options.signal.addEventListener("abort", stop, { once: true });
  try {
    options.signal.throwIfAborted();
    const { statusCode, headers, body } = await agent.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: "GET",
      headers: options.headers ?? {},
      signal: end.signal,
      reset: true,
    });
    const header = (name: string) => [headers[name.toLowerCase()]].flat()[0];
    const mostBytes = typeof options.mostBytes === "number" ? options.mostBytes : options.mostBytes(statusCode);
    if (mostBytes === 0) {
      await body.dump({ limit: 0 });
      return { status: statusCode, header, body: "" };
    }
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > mostBytes) throw new NoAnswerError(`answers with more than ${mostBytes} bytes`);
    }
    return { status: statusCode, header, body: Buffer.concat(chunks).toString("utf8") };
  } catch (error) {
    if (error instanceof NoAnswerError) throw error;
    throw new NoAnswerError(end.signal.aborted ? `does not answer within ${timeoutMs / 1000} s` : why(error));
  } finally {
    clearTimeout(timer);
    options.signal.removeEventListener("abort", stop);
  }
}

function why(error: unknown): string {
  const { code = "", message } = error as Error & { code?: string };
  if (code === "ECONNREFUSED") return "refuses connections";
  if (code === "EHOSTUNREACH" || code === "ENETUNREACH") return "is not reachable: there is no way to its network";
  if (code === "UND_ERR_CONNECT_TIMEOUT" || code === "ETIMEDOUT") return `does not answer within ${timeoutMs / 1000} s`;
  if (code === "ECONNRESET" || code === "UND_ERR_SOCKET" || code === "EPIPE")
    return "closes the connection without an answer";
  if (code === "ERR_SSL_WRONG_VERSION_NUMBER" || code === "EPROTO") return "does not speak TLS";
  if (error instanceof errors.HTTPParserError) return "does not answer in HTTP";
  return `gives no answer (${code === "" ? message : code})`;
}
