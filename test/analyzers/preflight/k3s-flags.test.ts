import { k3sFlagChecks } from "../../../analyzers/preflight/k3s-flags.ts";
import { networkChecks } from "../../../analyzers/preflight/network.ts";
import { cases, coreDns, dnsService, node, pod, traefikPod, traefikService } from "./cluster.ts";

const server = (...args: string[]) =>
  node("a", { annotations: { "k3s.io/node-args": JSON.stringify(["server", ...args]) } });
const agent = node("b", { annotations: { "k3s.io/node-args": '["agent","--server","https://a:7443"]' } });
const started = (...args: string[]) => [server(...args), agent];
const slice = (port: number) => ({ ports: [{ name: "https", port, protocol: "TCP" }] });
const running = (namespace: string, name: string) =>
  pod(
    name,
    {},
    { metadata: { namespace, name }, status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] } },
  );

const otherPort = (port: string) =>
  `required API server: it listens at port ${port}, and the program's NetworkPolicies open 6443 alone: its operators would not reach it. ` +
  `Set kasm-vdi:apiServerPort to ${port}`;
const openNamespaces =
  "recommended K3s: it runs with --disable-network-policy (a), and no other enforcer of NetworkPolicies is known: " +
  "desktops could reach each other, Kasm's database and the nodes. " +
  "Start every K3s server without that flag, or install a network plugin that enforces them, such as Calico or Cilium";
const noAddresses =
  "required LoadBalancer Services: K3s runs with --disable=servicelb, and nothing else is known that gives them addresses: the program's Traefik would wait for one for ever. " +
  "Start every K3s server without --disable=servicelb, or install a load balancer such as MetalLB first";

describe("preflight's checks of how K3s was started", () => {
  cases(k3sFlagChecks, [
    { title: "take a stock server", seen: { nodes: started(), apiEndpoints: slice(6443) }, finds: [] },
    {
      title: "refuse another port of the API server, by both spellings of the flag",
      seen: { nodes: started("--https-listen-port", "7443") },
      finds: [otherPort("7443")],
    },
    {
      title: "refuse it in one word as well",
      seen: { nodes: started("--https-listen-port=7443") },
      finds: [otherPort("7443")],
    },
    {
      title: "take the port that is told to pods for the one that counts",
      seen: { nodes: started("--https-listen-port", "7443", "--advertise-port", "6443") },
      finds: [],
    },
    {
      title: "ask the API server's endpoints where no server says it",
      seen: { apiEndpoints: slice(8443) },
      finds: [otherPort("8443")],
    },
    {
      title: "believe the servers before the endpoints",
      seen: { nodes: started(), apiEndpoints: slice(35_001) },
      finds: [],
    },
    {
      title: "take another port that the config speaks of",
      expected: { apiServerPort: 7443 },
      seen: { nodes: started("--https-listen-port", "7443") },
      finds: [],
    },
    {
      title: "tell that nobody enforces NetworkPolicies",
      seen: { nodes: started("--disable-network-policy", "--disable", "traefik") },
      finds: [openNamespaces],
    },
    {
      title: "take a network plugin that enforces them",
      seen: {
        nodes: started("--flannel-backend=none", "--disable-network-policy"),
        pods: [running("calico-system", "calico-node-x7k2p")],
      },
      finds: [],
    },
    {
      title: "take a flag that is set to false for one that is not set",
      seen: { nodes: started("--disable-network-policy=false") },
      finds: [],
    },
    {
      title: "refuse a Traefik of our own where nobody gives LoadBalancers addresses",
      expected: { traefik: "own" },
      seen: { nodes: started("--disable", "traefik,servicelb"), services: [dnsService] },
      finds: [noAddresses],
    },
    {
      title: "take MetalLB for somebody who does",
      expected: { traefik: "own" },
      seen: {
        nodes: started("--disable=servicelb"),
        services: [dnsService],
        pods: [running("metallb-system", "controller-5f7b")],
      },
      finds: [],
    },
    {
      title: "take a Service that has an address for a sign that somebody does",
      expected: { traefik: "own" },
      seen: { nodes: started("--disable=servicelb") },
      finds: [],
    },
    {
      title: "put up with an annotation that is no list",
      seen: { nodes: [node("a", { annotations: { "k3s.io/node-args": "?" } })] },
      finds: [],
    },
  ]);
});

describe("preflight's check of K3s's Traefik, where K3s runs without ServiceLB", () => {
  cases(networkChecks, [
    {
      title: "names the flag as the reason why it has no address",
      seen: {
        nodes: started("--disable", "servicelb"),
        pods: [coreDns, traefikPod],
        services: [dnsService, { ...traefikService, status: { loadBalancer: {} } }],
      },
      finds: [
        "recommended Service kube-system/traefik: it has no address, so browsers do not reach it. " +
          "K3s runs with --disable=servicelb: start it without, or install a load balancer such as MetalLB",
      ],
    },
  ]);
});
