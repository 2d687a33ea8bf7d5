import type { KasmValuesArgs } from "../../../components/kasm-workspaces/values.ts";

/** A plain install on K3s, to be changed by what a test is about. */
export const plainKasm: KasmValuesArgs = {
  domain: "desktops.example.com",
  chart: { chart: "kasm-helm", version: "1.1190.6" },
  database: "initialize",
  sizing: { deploymentSize: "small", replicas: 2, isCompact: false },
  nginxResolver: "10.43.0.10",
  storageClassName: "local-path",
  certificate: { kind: "self-signed" },
};
