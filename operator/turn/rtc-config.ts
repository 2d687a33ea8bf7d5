import type { TurnSettings } from "../settings.ts";
import type { TurnCredentials } from "./credentials.ts";

/**
 * Text of Selkies's RTC config file, which `SELKIES_RTC_CONFIG_JSON` names in both lines (selkies v1.6.2:
 * src/selkies_gstreamer/__main__.py, main: src/selkies/settings.py). It wins over every other TURN setting, and goes to
 * the browser as it is. v1.6.2 takes the first STUN address for the desktop, wants a port in each address, and its page
 * looks for the TURN addresses in the second entry.
 */
export function rtcConfig({ host, ports, transports }: TurnSettings, credentials: TurnCredentials): string {
  const address: Readonly<Record<string, string>> = {
    udp: `turn:${host}:${ports.listen}?transport=udp`,
    tcp: `turn:${host}:${ports.listen}?transport=tcp`,
    tls: `turns:${host}:${ports.tls}?transport=tcp`,
  };
  const urls = transports.flatMap((transport) => address[transport] ?? []);
  const { username, password } = credentials;
  return JSON.stringify({
    iceServers: [{ urls: [`stun:${host}:${ports.listen}`] }, { urls, username, credential: password }],
    iceTransportPolicy: "all",
  });
}
