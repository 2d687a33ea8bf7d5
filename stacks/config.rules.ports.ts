import { rdpPort } from "./config.defaults.ts";
import { problem } from "./config.rule.ts";
import type { Rule } from "./config.rule.ts";
import type { RawConfig } from "./config.schema.ts";

/** Ports on the nodes: two parts cannot have the same one. */
export const portRules: readonly Rule[] = [
  {
    about: ["turn", "publicIPs"],
    check: ({ turn, publicIPs }) =>
      turn.enabled && (turn.publicIPs ?? publicIPs).length === 0
        ? [problem(["turn", "publicIPs"], "missing; TURN needs an address that browsers can reach")]
        : [],
  },
  {
    about: ["turn"],
    check: ({ turn: { enabled, ports } }) =>
      enabled && ports.relayMax - ports.relayMin < 1
        ? [
            problem(
              ["turn", "ports"],
              `relay range ${ports.relayMin}-${ports.relayMax} is empty; each connection takes two ports, so relayMax must be larger`,
            ),
          ]
        : [],
  },
  {
    about: ["turn", "kasm", "apiServerPort"],
    check: (raw) => {
      const uses = portUses(raw);
      const taken = takenPorts(raw);
      return uses.flatMap((use, index) => {
        const other = [...taken, ...uses.slice(0, index)].find(({ from, to }) => use.from <= to && from <= use.to);
        return other ? [problem(use.path, `${span(use)} is taken by ${other.what}`)] : [];
      });
    },
  },
  {
    about: ["kasm"],
    check: ({ kasm: { directRdp } }) =>
      directRdp?.type === "NodePort" && directRdp.port !== undefined
        ? [problem(["kasm", "directRdp", "port"], "is for a LoadBalancer; a NodePort is chosen by the cluster")]
        : [],
  },
];

interface PortUse {
  readonly path: readonly string[];
  readonly what: string;
  readonly from: number;
  readonly to: number;
}

const nodePorts = { from: 30_000, to: 32_767 };

// K3s's own way to the API server is on the next port.
const takenPorts = ({ apiServerPort }: RawConfig): readonly Omit<PortUse, "path">[] => [
  { what: "Traefik (HTTP)", from: 80, to: 80 },
  { what: "Traefik (HTTPS)", from: 443, to: 443 },
  { what: "the API server of K3s", from: apiServerPort, to: apiServerPort + 1 },
  { what: "the kubelet", from: 10_248, to: 10_259 },
  { what: "etcd of K3s", from: 2379, to: 2381 },
  { what: "the overlay network of K3s", from: 8472, to: 8472 },
  { what: "NodePort Services", ...nodePorts },
];

/** What the config puts on the nodes, in the order in which they are written. */
function portUses({ kasm, turn }: RawConfig): PortUse[] {
  const { directRdp } = kasm;
  const use = (path: string[], what: string, from: number, to = from): PortUse => ({ path, what, from, to });
  const rdp = directRdp?.type === "LoadBalancer";
  return [
    ...(rdp
      ? [
          use(["kasm", "directRdp", "port"], "direct RDP", directRdp.port ?? rdpPort),
          // The chart's Service for it has the gateway's own front as a second port (rdp-gateway-service.yaml).
          use(["kasm", "directRdp"], "the RDP gateway", 9001),
        ]
      : []),
    ...(turn.enabled
      ? [
          use(["turn", "ports", "listen"], "TURN", turn.ports.listen),
          use(["turn", "ports", "tls"], "TURN over TLS", turn.ports.tls),
          use(["turn", "ports", "relayMin"], "the relay range of TURN", turn.ports.relayMin, turn.ports.relayMax),
        ]
      : []),
  ];
}

function span({ from, to }: PortUse): string {
  return from === to ? `${from}` : `${from}-${to}`;
}
