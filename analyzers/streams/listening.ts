import type { Analyzer } from "../analyzer.ts";
import type { Finding } from "../finding.ts";
import { aboutOf, askedOf, detail, evidenceOf } from "../probed.ts";
import type { ProbeResult } from "../snapshot.ts";

/** A desktop's stream answers past Traefik: what kubectl port-forward and a browser would show. */
export const streamListening: Analyzer = {
  area: "streams",
  title: "Desktops answer past Traefik",
  needs: [],
  analyze(cluster) {
    return {
      checked: askedOf(cluster, "port-forward"),
      findings: cluster.probes("port-forward").flatMap((it) => finding(it) ?? []),
    };
  },
};

function finding(result: ProbeResult): Finding | undefined {
  // That it may not be asked says nothing of the pod.
  if (result.ok || detail(result, "isRefusedByApi") === "true") return undefined;
  const object = aboutOf(result);
  const port = detail(result, "port");
  const status = detail(result, "status");
  return {
    code: "StreamNotListening",
    object,
    problem:
      status === ""
        ? `Nothing answers at port ${port} of ${object.namespace ?? ""}/${object.name}, although the pod is ready: ${result.message}.`
        : `The stream at port ${port} of ${object.namespace ?? ""}/${object.name} answers with HTTP ${status}: the desktop behind it is not up.`,
    evidence: [evidenceOf(result)],
    fix: [
      {
        text: "See what the stream server says; images that listen on loopback alone have to be told otherwise (SELKIES_ADDR).",
        command: `kubectl logs ${object.name} --namespace ${object.namespace ?? ""} --tail=50; kubectl port-forward --namespace ${object.namespace ?? ""} ${object.name} ${port}:${port}`,
        risk: "manual",
      },
    ],
  };
}
