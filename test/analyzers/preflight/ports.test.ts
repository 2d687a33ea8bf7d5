import { portChecks } from "../../../analyzers/preflight/ports.ts";
import { cases, dnsService, pod, service, traefikService } from "./cluster.ts";

const fix = "Remove it, or give it another port";
const balancer = (name: string, namespace: string, ...ports: object[]) =>
  service(name, { type: "LoadBalancer", ports }, { metadata: { namespace, name } });
const onHost = (name: string, namespace: string, ports: object[], labels = {}) =>
  pod(name, labels, { metadata: { namespace, name, labels }, spec: { nodeName: "a", containers: [{ ports }] } });

describe("preflight's check of ports", () => {
  cases(portChecks, [
    {
      title: "names another LoadBalancer Service, once for all its ports",
      seen: {
        services: [
          traefikService,
          balancer("web", "shop", { port: 443 }, { port: 3389, protocol: "TCP" }, { port: 8443 }),
        ],
      },
      finds: [
        `required Service shop/web: it holds TCP 443, which Traefik needs on the nodes. ${fix}`,
        `recommended Service shop/web: it holds TCP 3389, which direct RDP needs on the nodes. ${fix}`,
      ],
    },
    {
      title: "names pods that hold a port of their node, and ports in a range",
      seen: {
        pods: [
          onHost("proxy", "shop", [{ hostPort: 443 }]),
          onHost("call", "shop", [{ hostPort: 49200, protocol: "UDP" }]),
        ],
      },
      finds: [
        `required Pod shop/proxy on a: it holds TCP 443, which Traefik needs on the nodes. ${fix}`,
        `required Pod shop/call on a: it holds UDP 49200, which TURN's relay needs on the nodes. ${fix}`,
      ],
    },
    {
      title: "names NodePorts that lie in the way",
      seen: { services: [service("odd", { type: "NodePort", ports: [{ port: 80, nodePort: 3389 }] })] },
      finds: [`recommended Service kube-system/odd: it holds TCP 3389, which direct RDP needs on the nodes. ${fix}`],
    },
    {
      title: "takes the other protocol, ServiceLB's pods, ended pods, and what the program made itself",
      seen: {
        services: [
          traefikService,
          dnsService,
          balancer("rdp", "kasm", { port: 3389 }),
          balancer("quic", "shop", { port: 443, protocol: "UDP" }),
        ],
        pods: [
          onHost("svclb-traefik-1", "kube-system", [{ hostPort: 443 }], {
            "svccontroller.k3s.cattle.io/svcname": "traefik",
          }),
          { ...onHost("old", "shop", [{ hostPort: 443 }]), status: { phase: "Failed" } },
        ],
      },
      finds: [],
    },
    {
      title: "names K3s's Traefik when the program brings another",
      expected: { traefik: "own" },
      finds: [
        "required Service kube-system/traefik: it holds TCP 443, which Traefik needs on the nodes. " +
          "Start every K3s server with --disable=traefik, or set kasm-vdi:traefik.mode to k3s",
      ],
    },
  ]);
});
