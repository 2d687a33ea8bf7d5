import { counted } from "../../kube/sentences.ts";
import type { Cluster } from "../cluster.ts";
import { checkedItem } from "./item.ts";
import type { ChecklistItem } from "./item.ts";

const title = "Web UI accessible";

/** Probes named so ask a host's page through Traefik, with the host's name in TLS and HTTP. */
export const webUiProbe = "web-ui";

/** As the probes say; without one nothing can be told. */
export function webUiAccessible(cluster: Cluster): ChecklistItem {
  const probes = cluster.probes(webUiProbe);
  if (probes.length === 0) return { title, result: "skip", detail: "nobody asked for it", problems: [] };
  const asked = `${counted(probes.length, "host")}: ${probes.map(({ target }) => target).join(", ")}`;
  return checkedItem(
    title,
    asked,
    probes.filter(({ ok }) => !ok).map(({ message }) => message),
  );
}

/** What an answer of the page means. `undefined` is a page as it should be. */
export function webUiProblem({ url, status, body }: { url: string; status: number; body: string }): string | undefined {
  if (status >= 200 && status < 400) return undefined;
  if (status === 404 && body.startsWith("404 page not found"))
    return `${url} answers 404 from Traefik: no route has this host on the entry point websecure.`;
  if (status === 503 && body.startsWith("no available server"))
    return `${url} answers 503: its route is there, and no pod behind its Service is ready.`;
  if (status === 502)
    return `${url} answers 502: the pod behind it closed the connection, or speaks HTTPS where HTTP is meant.`;
  return `${url} answers ${status}.`;
}
