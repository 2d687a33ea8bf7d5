import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import type { ProbeResult } from "../../analyzers/snapshot.ts";
import { errorCode, errorText } from "./errors.ts";
import type { HostTarget } from "./targets.ts";

/** What came back, as far as it is looked at. */
interface Answer {
  readonly status: number;
  readonly location: string;
  /** Header by which the gateway says for which session it was asked. */
  readonly session: string | undefined;
  readonly body: string;
}

const mostBytes = 16_384;

/** Asks Traefik for a host by name, as a browser would: without credentials, and without following where it leads. */
export async function probeGateway(target: HostTarget, timeoutMs: number): Promise<ProbeResult> {
  const { host, address, port, sessionId } = target;
  const base = { probe: "gateway", target: `https://${host}/ at ${address}:${port}`, about: target.about };
  const known = { host, address };
  try {
    const { status, location, session, body } = await ask(target, {}, timeoutMs);
    const isTraefiks = status === 404 && session === undefined && body.trim() === "404 page not found";
    const redirectsToItself = status >= 300 && status < 400 && isSame(location, host, port);
    const isNamed = sessionId !== undefined && session === sessionId;
    const ok = status < 500 && !isTraefiks && !redirectsToItself && (sessionId === undefined || isNamed);
    return {
      ...base,
      ok,
      message: `answers HTTP ${status}${location === "" ? "" : ` to ${location.split("?")[0] ?? ""}`}`,
      details: { ...known, status, isTraefiks, redirectsToItself, asksGateway: sessionId !== undefined, isNamed },
    };
  } catch (error) {
    return { ...base, ok: false, message: errorText(error), details: { ...known, error: errorCode(error) } };
  }
}

/** Asks for a WebSocket. The door may refuse whoever has no cookie, but nothing on the way may lose the Upgrade. */
export async function probeWebSocket(target: HostTarget, timeoutMs: number): Promise<ProbeResult> {
  const { host, address, port } = target;
  const base = { probe: "websocket", target: `wss://${host}/ at ${address}:${port}`, about: target.about };
  const headers = {
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": randomBytes(16).toString("base64"),
  };
  try {
    const { status } = await ask(target, headers, timeoutMs);
    return {
      ...base,
      ok: status !== 400 && status !== 426,
      message: `answers HTTP ${status}`,
      details: { host, status },
    };
  } catch (error) {
    return { ...base, ok: false, message: errorText(error), details: { host, error: errorCode(error) } };
  }
}

function ask({ host, address, port }: HostTarget, headers: Record<string, string>, timeoutMs: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({
      ...{ host: address, port, servername: host, path: "/", agent: false },
      headers: { Host: port === 443 ? host : `${host}:${port}`, Accept: "text/html", ...headers },
      // Another probe judges the certificate; this one wants the answer behind it.
      rejectUnauthorized: false,
      signal: AbortSignal.timeout(timeoutMs),
    });
    const done = (response: IncomingMessage, body: string) => {
      const { statusCode = 0, headers: got } = response;
      const session = got["x-vdi-session"];
      resolve({
        status: statusCode,
        location: got.location ?? "",
        session: Array.isArray(session) ? session[0] : session,
        body,
      });
      asked.destroy();
    };
    asked.on("error", reject);
    asked.on("upgrade", (response) => done(response, ""));
    asked.on("response", (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        body += part;
        if (body.length > mostBytes) done(response, body);
      });
      response.on("end", () => done(response, body));
      response.on("error", reject);
    });
    asked.end();
  });
}

function isSame(location: string, host: string, port: number): boolean {
  if (!URL.canParse(location)) return false;
  const url = new URL(location);
  return (
    url.protocol === "https:" &&
    url.hostname === host &&
    Number(url.port || 443) === port &&
    url.pathname === "/" &&
    url.search === ""
  );
}
