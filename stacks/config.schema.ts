import type { z } from "zod";
import {
  namespaces,
  nodePool,
  nodeSize,
  preflight,
  registry,
  storage,
  traefik,
  trustedCa,
} from "./config.groups.cluster.ts";
import { agent, agentInstaller, certificate, gpu, kasm, operator, portal, turn } from "./config.groups.desktops.ts";
import {
  dnsLabel,
  filePath,
  flag,
  group,
  hostName,
  ipAddresses,
  list,
  port,
  text,
  wholeNumber,
} from "./config.shapes.ts";

/** What people write: one entry for each key of the namespace `kasm-vdi`. Rules between keys are in config.rules.ts. */
export const configSchema = group({
  domain: hostName
    .max(189, { error: "at most 189 characters, since session names come before it" })
    .describe("Base domain. Kasm answers on it, sessions on names below it."),
  nodeCount: wholeNumber(1).describe("Nodes of the cluster."),
  gpuCount: wholeNumber(0).describe("Physical GPUs in all nodes together; 0 leaves the GPU operator out."),
  nodePools: list(nodePool, "a list of pools")
    .optional()
    .describe("Nodes by kind; must add up to nodeCount and gpuCount. Default: GPUs spread evenly over the nodes."),
  nodeSize: nodeSize.prefault({}).describe("The smallest node. Sizes Kasm's own services."),
  publicIPs: ipAddresses
    .default([])
    .describe("Addresses for DNS. Without any they are read from Traefik's Service, and previews need the cluster."),
  clusterName: dnsLabel
    .default("k3s")
    .describe(
      "Names the cluster for Pulumi, whatever the kubeconfig says. A change would replace everything; refused while Kasm is there.",
    ),
  kubeconfig: filePath.optional().describe("Path of the kubeconfig. Default: KUBECONFIG and the usual places."),
  context: text(/\S/, "the name of a context in the kubeconfig")
    .optional()
    .describe("Context of the kubeconfig. Default: its current one."),
  apiServerPort: port
    .default(6443)
    .describe("Port of K3s's API server (--https-listen-port), which NetworkPolicies open to what has to reach it."),
  namespaces: namespaces.prefault({}).describe("Names of the namespaces; each part has its own."),
  protectData: flag().default(false).describe("Refuses to delete namespaces, passwords and CRDs, and with them data."),
  preflight: preflight.prefault({}).describe("Prerequisites, looked at before anything is installed."),
  registry: registry.prefault({}).describe("Registries of the site, for clusters that cannot pull from the internet."),
  trustedCa: trustedCa.optional().describe("The site's own certificate authorities, which Kasm then trusts."),
  kasm: kasm.prefault({}).describe("Kasm Workspaces."),
  certificate: certificate
    .prefault({})
    .describe("Certificate of the domain and its wildcard: one of these. Default: self-signed."),
  gpu: gpu.prefault({}).describe("GPU operator and sharing."),
  storage: storage.prefault({}).describe("Volumes."),
  traefik: traefik.prefault({}).describe("The ingress controller."),
  turn: turn.prefault({}).describe("TURN server, for WebRTC through firewalls."),
  operator: operator.prefault({}).describe("The VDI operator."),
  portal: portal.prefault({}).describe("The web page where people start and open their desktops."),
  agents: list(agent, "a list of agents")
    .default([])
    .describe("Machines outside the cluster that run Kasm's sessions, enrolled over SSH."),
  agentInstaller: agentInstaller.prefault({}).describe("Where the agents' software comes from."),
});

/** What people wrote, with every fixed default filled in. */
export type RawConfig = z.output<typeof configSchema>;

/** Keys whose value is text as it is; every other value may be stored as JSON. */
export const textKeys: ReadonlySet<string> = new Set(["domain", "clusterName", "kubeconfig", "context", "trustedCa"]);
