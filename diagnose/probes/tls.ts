import { connect } from "node:tls";
import type { DetailedPeerCertificate, TLSSocket } from "node:tls";
import type { ProbeResult } from "../../analyzers/snapshot.ts";
import { errorCode, errorText } from "./errors.ts";
import type { HostTarget } from "./targets.ts";

/** The certificate that a host gets, judged by the authorities that this machine knows. */
export async function probeTls({ host, address, port }: HostTarget, timeoutMs: number): Promise<ProbeResult> {
  const base = { probe: "tls", target: `${host} at ${address}:${port}`, about: `Host ${host}` };
  try {
    const { certificate, error } = await shown(host, address, port, timeoutMs);
    const names = (certificate.subjectaltname ?? "").replaceAll("DNS:", "") || nameOf(certificate.subject, "CN");
    const issuer = nameOf(certificate.issuer, "O") || nameOf(certificate.issuer, "CN");
    const isTraefiksOwn = nameOf(certificate.subject, "CN") === "TRAEFIK DEFAULT CERT";
    return {
      ...base,
      ok: error === "",
      message: `${error === "" ? "is trusted" : `is not trusted (${error})`}: for ${names}, by ${issuer}, until ${certificate.valid_to}`,
      details: { host, address, error, names, issuer, isTraefiksOwn, validTo: certificate.valid_to },
    };
  } catch (error) {
    // No connection is told by the probe that asks for the page.
    return {
      ...base,
      ok: false,
      message: errorText(error),
      details: { host, address, error: "", connection: errorCode(error) },
    };
  }
}

interface Shown {
  readonly certificate: DetailedPeerCertificate;
  /** Why it is not trusted; "" where it is. */
  readonly error: string;
}

function shown(host: string, address: string, port: number, timeoutMs: number): Promise<Shown> {
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = connect({ host: address, port, servername: host, rejectUnauthorized: false });
    const timer = setTimeout(() => socket.destroy(new DOMException("no answer", "TimeoutError")), timeoutMs);
    socket.on("error", (error: Error) => {
      clearTimeout(timer);
      reject(error);
    });
    socket.on("secureConnect", () => {
      clearTimeout(timer);
      const { authorizationError } = socket as { authorizationError: Error | string | null | undefined };
      const error =
        typeof authorizationError === "string"
          ? authorizationError
          : authorizationError
            ? errorCode(authorizationError)
            : "";
      resolve({ certificate: socket.getPeerCertificate(true), error });
      socket.destroy();
    });
  });
}

function nameOf(names: object | undefined, part: string): string {
  const value = (names as Record<string, string | string[]> | undefined)?.[part];
  return (Array.isArray(value) ? value[0] : value) ?? "";
}
