import type { CodeEntry } from "../catalog.ts";

const byHand = [
  "kubectl get endpointslices,networkpolicies --namespace NAMESPACE",
  "kubectl port-forward --namespace NAMESPACE POD 8080:8080  # then http://localhost:8080",
];
const symptom = "The session is Running, and the browser shows no picture or 503.";

function entry(it: Pick<CodeEntry, "title" | "cause" | "fix"> & Partial<CodeEntry>): CodeEntry {
  return { area: "streams", level: "failure", symptom, byHand, ...it };
}

/** The way from Traefik to a pod. */
export const streams = {
  EndpointMissing: entry({
    title: "Pod is ready, and its Service has no endpoint",
    cause: "The Service's target port names no port of the pod, or K3s's controller manager does not run.",
    fix: "Correct the target port, or look at K3s on the servers.",
  }),
  StreamBlockedByPolicy: entry({
    title: "NetworkPolicy keeps Traefik or the operator out",
    cause: "No policy that chooses the desktop allows the port from their namespace.",
    fix: "Delete what was added by hand; tell the operator the namespace that Traefik is in.",
  }),
  StreamNotListening: entry({
    title: "Desktop does not answer past Traefik",
    cause: "The stream server in the container does not listen, or only on loopback.",
    fix: "Read the container's log; set the port of the template to the image's.",
    mayPass: true,
  }),
  WebSocketRefused: entry({
    level: "warning",
    title: "WebSocket is refused on the way",
    symptom: "The page loads, and waits for its stream.",
    cause: "A proxy in front takes the Upgrade header out.",
    fix: "Let it pass WebSockets on.",
    byHand: [
      "curl --http1.1 --include --header 'Connection: Upgrade' --header 'Upgrade: websocket' --header 'Sec-WebSocket-Version: 13' --header 'Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==' https://HOST/",
    ],
  }),
} satisfies Record<string, CodeEntry>;
