import { Cluster } from "../../analyzers/cluster.ts";
import type { ProbeResult, Snapshot } from "../../analyzers/snapshot.ts";
import { probeDns } from "./dns.ts";
import { probeGateway, probeWebSocket } from "./http.ts";
import { probePort } from "./port-forward.ts";
import type { Forwarder } from "./port-forward.ts";
import { probeStun } from "./stun.ts";
import type { TransportName } from "./stun-transport.ts";
import { probeTargets } from "./targets.ts";
import type { TurnTarget } from "./targets.ts";
import { probeTls } from "./tls.ts";
import { ephemeralCredentials } from "./turn-proof.ts";
import { probeTurn } from "./turn.ts";

export interface ProbeSettings {
  readonly forwarder: Forwarder;
  /** Shared secret of the TURN server; without it only what strangers get is asked. */
  readonly turnSecret?: string;
  readonly timeoutMs: number;
}

/** Asks a cluster's data plane, all at once; makes nothing, and sends no credentials but those of a TURN server. */
export async function runProbes(
  snapshot: Snapshot,
  { forwarder, turnSecret, timeoutMs }: ProbeSettings,
): Promise<ProbeResult[]> {
  const { hosts, ports, turn, gatewayAddresses } = probeTargets(new Cluster(snapshot));
  const credentials = turnSecret === undefined ? undefined : ephemeralCredentials(turnSecret, Date.now());
  const results = await Promise.all([
    ...hosts.map((it) => probeGateway(it, timeoutMs)),
    ...hosts.filter(({ isSession }) => isSession).map((it) => probeWebSocket(it, timeoutMs)),
    ...hosts.map((it) => probeTls(it, timeoutMs)),
    ...hosts.map(({ host }) => probeDns(host, gatewayAddresses, timeoutMs)),
    ...ports.map((it) => probePort(forwarder, it, timeoutMs)),
    ...turn.flatMap((it) =>
      transports(it).flatMap((name) => [probeStun(it, timeoutMs, name), probeTurn(it, credentials, timeoutMs, name)]),
    ),
  ]);
  return results.flat();
}

function transports({ hasTcp }: TurnTarget): TransportName[] {
  return hasTcp ? ["udp", "tcp"] : ["udp"];
}
