import { z } from "zod";
import { chart } from "./config.groups.cluster.ts";
import {
  cidr,
  dnsLabel,
  filePath,
  flag,
  group,
  hostName,
  imageTag,
  ipAddress,
  ipAddresses,
  ipv4Address,
  labels,
  list,
  objectName,
  oneOf,
  pinnedImage,
  port,
  seconds,
  secretText,
  text,
  textMap,
  wholeNumber,
} from "./config.shapes.ts";

/** Groups of keys about what serves desktops. Defaults that are fixed stand here, others follow from the rest. */

export const kasm = group({
  chart: chart.optional(),
  imageTag: imageTag.optional().describe("Tag of Kasm's images. Default: the Kasm version of the chart."),
  database: oneOf(["initialize", "keep", "upgrade"])
    .default("initialize")
    .describe("What may happen to the database; see components/kasm-workspaces.md."),
  deploymentSize: oneOf(["small", "medium", "large"])
    .optional()
    .describe("The chart's preset. Default: the largest that leaves half of the nodes to desktops."),
  // K3s gives its DNS Service the tenth address of the default service range 10.43.0.0/16.
  nginxResolver: ipAddress("the IP address of the cluster's DNS Service")
    .default("10.43.0.10")
    .describe("Address of the Service kube-system/kube-dns."),
  backup: group({
    schedule: text(/^(\S+\s+){4}\S+$/, "a cron schedule of five fields, such as 0 3 * * *").describe("When, in UTC."),
    sizeGiB: wholeNumber(1).default(5).describe("Size of the backups' volume in GiB."),
  })
    .optional()
    .describe("Regular dumps of the database to a volume. Default: none."),
  directRdp: group({
    type: oneOf(["LoadBalancer", "NodePort"]).default("LoadBalancer").describe("Kind of Service."),
    port: port.optional().describe("Port of the LoadBalancer, default 3389; a NodePort is chosen by the cluster."),
  })
    .optional()
    .describe("Native RDP past Traefik. Default: none; RDP in the browser needs only port 443."),
  timeoutSeconds: seconds
    .default(900)
    .describe("How long Kasm may take to run, and each of the chart's hooks before it."),
});

export const certificate = group({
  secretName: objectName("Secret").optional().describe("A TLS Secret that is in the namespace of Kasm."),
  certManager: group({
    issuerName: text(/\S/, "the name of an issuer").describe("Name of the issuer."),
    issuerKind: oneOf(["Issuer", "ClusterIssuer"]).default("ClusterIssuer").describe("Kind of the issuer."),
  })
    .optional()
    .describe("Has cert-manager make it; the issuer must be able to prove the wildcard (DNS-01)."),
  selfSigned: z.literal(true, { error: "true" }).meta({ allowed: "true" }).optional().describe("Makes it in place."),
});

export const gpu = group({
  replicasPerGpu: wholeNumber(1)
    .default(8)
    .describe("Desktops that share a GPU by time-slicing, for pools that do not say their own; 1 is no sharing."),
  driver: oneOf(["host", "container"])
    .default("host")
    .describe("host: the nodes have NVIDIA's driver. container: the operator installs it."),
  tolerations: list(
    group({
      key: text(/\S/, "the key of a taint").describe("Key of the taint."),
      value: text(/\S/, "the value of a taint").optional().describe("Its value. Default: any."),
      effect: oneOf(["NoSchedule", "PreferNoSchedule", "NoExecute"]).optional().describe("Its effect. Default: any."),
    }),
    "a list of tolerations",
  )
    .default([])
    .describe("Taints of GPU nodes beside nvidia.com/gpu, which is always tolerated."),
  chart: chart.optional(),
  timeoutSeconds: seconds
    .default(900)
    .describe("How long GPUs may take to be there, and each of the chart's hooks before it."),
});

export const turn = group({
  enabled: flag().default(false).describe("Whether there is a TURN server."),
  realm: hostName.optional().describe("Default: turn. and the domain."),
  publicIPs: ipAddresses.optional().describe("Addresses of the TURN nodes. Default: publicIPs."),
  nat: textMap(
    ipv4Address("the node's own IPv4 address"),
    ipv4Address("the IPv4 address that browsers reach it at"),
    "addresses as own: public",
  )
    .default({})
    .describe("For nodes behind a 1:1 NAT: the public address by the node's own."),
  nodeLabels: labels.default({}).describe("Nodes that it runs on; without any it is every node."),
  ports: group({
    listen: port.default(3478).describe("UDP and TCP."),
    tls: port.default(5349).describe("TLS, with tlsSecretName."),
    relayMin: wholeNumber(1024, 65_535).default(49_152).describe("First port of the relay range."),
    relayMax: wholeNumber(1024, 65_535).default(49_407).describe("Last port of the relay range."),
  })
    .prefault({})
    .describe("Ports on the nodes."),
  tlsSecretName: objectName("Secret").optional().describe("TLS Secret in the namespace of TURN. Default: no TLS."),
  image: pinnedImage.optional().describe("The image of coturn."),
  allowedPeers: list(cidr, "a list of address ranges")
    .default(["10.42.0.0/16"])
    .describe("Where relayed traffic may go: the range of the pods."),
  userQuota: wholeNumber(1)
    .default(48)
    .describe("Allocations per desktop, of which page and pod each take several per connection."),
  totalQuota: wholeNumber(1).default(1200).describe("Allocations in all."),
  timeoutSeconds: seconds.default(600).describe("How long to wait for the server to run on its nodes."),
});

/** Traefik's own way to name a Middleware elsewhere is not that of a reference in a route. */
const middlewareName = objectName("Middleware", (value) => {
  const [name = ""] = value.split("@");
  return name === value
    ? undefined
    : `write ${name.replace(/^kasm-vdi-/, "")} alone; the Middleware has to be in the namespace of sessions`;
});

export const operator = group({
  image: pinnedImage.optional().describe("An image that brings the operator."),
  bundle: filePath
    .optional()
    .describe("The operator as one file, run by a stock Node image. Default: built from these sources."),
  replicas: wholeNumber(1, 5).optional().describe("Default: 2 with more than one node, else 1."),
  enforceIdentity: flag()
    .default(true)
    .describe("Only users themselves make and delete their sessions. Needs Kubernetes 1.30; false before it."),
  access: group({
    userHeader: text(/^[A-Za-z0-9-]+$/, "the name of a header such as X-Forwarded-User")
      .optional()
      .describe("Header in which one of these middlewares tells who has signed in. Default: none is believed."),
    middlewares: list(middlewareName, "a list of names of Middlewares in the namespace of sessions")
      .default([])
      .describe("Middlewares that every request to a desktop passes before the operator is asked."),
  })
    .prefault({})
    .describe("Sign-in of the site in front of desktops."),
  maxSessionsPerUser: wholeNumber(1, 1000)
    .default(10)
    .describe("How many desktops a user has at once; further sessions wait for one to end."),
  logLevel: oneOf(["debug", "info", "warn", "error"]).default("info").describe("What its log shows."),
  monitoring: flag()
    .default(false)
    .describe("Ships alerts, a dashboard and scraping; needs the Prometheus operator's kinds."),
  timeoutSeconds: seconds.default(600).describe("How long to wait for the operator to run."),
});

export const portal = group({
  enabled: flag().default(false).describe("Whether there is a portal."),
  hostLabel: dnsLabel.default("my").describe("Its name before the domain."),
  image: pinnedImage.optional().describe("An image that brings the portal."),
  bundle: filePath
    .optional()
    .describe("The portal as one file, run by a stock Node image. Default: built from these sources."),
  replicas: wholeNumber(1, 5).default(2).describe("How many of it run."),
  oidc: group({
    issuer: text(/^https:\/\/[^\s?#]+$/, "the https:// address of an issuer").describe("Address of the issuer."),
    clientId: text(/\S/, "the id of a client").describe("What the issuer knows the portal by."),
    clientSecret: secretText("a client secret").optional().describe("Default: a public client."),
    scopes: text(/\bopenid\b/, "scopes with openid among them")
      .default("openid email profile")
      .describe("What is asked for; offline_access where the issuer gives refresh tokens for that alone."),
    userClaim: text(/\S/, "the name of a claim").default("email").describe("Claim that has the user's name."),
    groupsClaim: text(/\S/, "the name of a claim").default("groups").describe("Claim that has the user's groups."),
  })
    .optional()
    .describe("Sign-in by OpenID Connect. Default: by userHeader."),
  userHeader: text(/^[A-Za-z0-9-]+$/, "the name of a header such as X-Forwarded-User")
    .optional()
    .describe("Header in which one of these middlewares tells who has signed in."),
  groupsHeader: text(/^[A-Za-z0-9-]+$/, "the name of a header such as X-Forwarded-Groups")
    .optional()
    .describe("Header with that user's groups, between commas. Default: none."),
  middlewares: list(middlewareName, "a list of names of Middlewares in the namespace of the operator")
    .default([])
    .describe("Middlewares in the namespace of the operator that requests pass before they reach the portal."),
  adminGroups: list(text(/^[^,]+$/, "the name of a group, without commas"), "a list of names of groups")
    .default([])
    .describe("Groups whose members see and do all."),
  logLevel: oneOf(["debug", "info", "warn", "error"]).default("info").describe("What its log shows."),
  timeoutSeconds: seconds.default(600).describe("How long to wait for the portal to run."),
});

export const agent = group({
  name: dnsLabel.describe("Name of the agent."),
  host: text(/^[A-Za-z0-9.:-]+$/, "a host name or an IP address").describe("Where SSH reaches the machine."),
  port: port.default(22).describe("Port of SSH."),
  user: text(/^[a-z_][\w.-]{0,31}$/, "a user name")
    .default("root")
    .describe("Root, or a user with sudo."),
  hostKey: text(/\S/, "an SSH host key such as ssh-ed25519 AAAA...").describe(
    "Public host key of the machine: a line of ssh-keyscan or of known_hosts.",
  ),
  privateKey: secretText("a private key in OpenSSH or PEM form").optional().describe("Key to log in with."),
  password: secretText("a password").optional().describe("Password to log in with."),
  publicHostname: text(/^[A-Za-z0-9.:-]+$/, "a host name or an IP address")
    .optional()
    .describe("Name by which Kasm reaches the agent. Default: host."),
});

export const agentInstaller = group({
  version: text(/^\d+\.\d+\.\d+$/, "a version of Kasm such as 1.19.0")
    .optional()
    .describe("Version of Kasm that it installs. Default: that of the chart, which it has to be."),
  url: text(/^(https?|file):\S+$/, "an https: or file: address")
    .optional()
    .describe("The release's tar.gz. Default: Kasm's own download of that version."),
  sha256: text(/^[0-9a-f]{64}$/, "64 hexadecimal digits")
    .optional()
    .describe("Its checksum. Default: not checked."),
  options: list(text(/^--?\S+$/, "an option such as --use-static-images"), "a list of options")
    .default([])
    .describe("More options of Kasm's install.sh."),
});
