import { connect } from "node:tls";
import { request } from "node:https";
import type { Cluster } from "../../analyzers/cluster.ts";
import { routesOf } from "../../analyzers/checklist/ingress.ts";
import { webUiProbe, webUiProblem } from "../../analyzers/checklist/web-ui.ts";
import type { ProbeResult } from "../../analyzers/snapshot.ts";

/** Where a page is asked for: the address of Traefik, whatever public DNS says of the host. */
export interface EntryPoint {
  readonly address: string;
  readonly port: number;
}

/** Traefik's address as its Service has it; undefined where it has none. */
export function entryPointOf(cluster: Cluster): EntryPoint | undefined {
  const service = cluster.get("Service", "traefik", "kube-system");
  const { ingress = [] } =
    (service?.["status"] as { loadBalancer?: { ingress?: { ip?: string; hostname?: string }[] } } | undefined)
      ?.loadBalancer ?? {};
  const address = ingress[0]?.ip ?? ingress[0]?.hostname;
  return address === undefined ? undefined : { address, port: 443 };
}

/** Asks for the page of each host of a namespace's routes. */
export async function probeWebUi(
  cluster: Cluster,
  namespace: string,
  entryPoint: EntryPoint | undefined,
  timeoutMs: number,
): Promise<ProbeResult[]> {
  const hosts = [...new Set(routesOf(cluster, namespace).flatMap((route) => route.hosts))];
  const asked = hosts.filter((host) => !host.includes("*"));
  if (!entryPoint) return [];
  return Promise.all(asked.map((host) => probeHost(host, entryPoint, timeoutMs)));
}

async function probeHost(host: string, entryPoint: EntryPoint, timeoutMs: number): Promise<ProbeResult> {
  const url = `https://${host}/`;
  const base = { probe: webUiProbe, target: host };
  try {
    const { status, body, certificateProblem } = await page(host, entryPoint, timeoutMs);
    const problem = webUiProblem({ url, status, body });
    const trust =
      certificateProblem === undefined ? "" : ` Its certificate is not trusted here: ${certificateProblem}.`;
    const details = { status, isTrusted: certificateProblem === undefined };
    return {
      ...base,
      ok: problem === undefined,
      message: `${problem ?? `${url} answers ${status}.`}${trust}`,
      details,
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {
      ...base,
      ok: false,
      message: `${url} does not answer at ${entryPoint.address}:${entryPoint.port}: ${why}.`,
    };
  }
}

interface Page {
  readonly status: number;
  readonly body: string;
  readonly certificateProblem: string | undefined;
}

/** The first bytes of an answer. Whether the certificate is trusted is told, and stops nothing: a page can be looked at all the same. */
function page(host: string, { address, port }: EntryPoint, timeoutMs: number): Promise<Page> {
  return new Promise((resolve, reject) => {
    const limit = AbortSignal.timeout(timeoutMs);
    const socket = connect({ host: address, port, servername: host, rejectUnauthorized: false });
    const sent = request({ host, path: "/", headers: { host }, createConnection: () => socket, signal: limit });
    sent.on("error", (error) => reject(limit.aborted ? new Error(`no answer within ${timeoutMs / 1_000} s`) : error));
    sent.on("response", (response) => {
      const { authorized, authorizationError } = socket;
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (text: string) => (body = `${body}${text}`.slice(0, 1_024)));
      response.on("error", reject);
      response.on("end", () =>
        resolve({
          ...{ status: response.statusCode ?? 0, body },
          // Typed as an error, it is the code of one.
          certificateProblem: authorized ? undefined : String(authorizationError),
        }),
      );
    });
    sent.end();
  });
}
