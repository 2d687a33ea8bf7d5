import { loadSettings } from "../../../operator/settings.ts";

/** Of an operator with a TURN server. */
export const settings = loadSettings({
  VDI_NAMESPACE: "kasm-vdi",
  VDI_DOMAIN: "vdi.example.com",
  POD_NAMESPACE: "kasm-vdi-system",
  POD_NAME: "operator-1",
  VDI_TURN: JSON.stringify({
    host: "turn.example.com",
    realm: "example.com",
    ports: { listen: 3478, tls: 5349 },
    transports: ["udp", "tcp"],
  }),
  VDI_TURN_SECRET_FILE: "/etc/turn/shared-secret",
});
