/**
 * What is looked at, in the order in which one thing rests on the other: control plane, infrastructure, Kasm, data plane.
 * Reports keep this order.
 */
export const areas = {
  api: { layer: "Control plane", title: "Kubernetes API" },
  operator: { layer: "Control plane", title: "VDI operator" },
  sessions: { layer: "Control plane", title: "Sessions and templates" },
  releases: { layer: "Control plane", title: "Installation and Helm releases" },
  nodes: { layer: "Infrastructure", title: "Nodes" },
  gpu: { layer: "Infrastructure", title: "GPUs and time-slicing" },
  storage: { layer: "Infrastructure", title: "Storage" },
  scheduling: { layer: "Infrastructure", title: "Scheduling" },
  images: { layer: "Infrastructure", title: "Images" },
  containers: { layer: "Infrastructure", title: "Containers" },
  dns: { layer: "Infrastructure", title: "Cluster DNS" },
  kasm: { layer: "Kasm Workspaces", title: "Kasm Workspaces" },
  traefik: { layer: "Data plane", title: "Traefik and routes" },
  tls: { layer: "Data plane", title: "Certificates and public DNS" },
  streams: { layer: "Data plane", title: "Streams of desktops" },
  turn: { layer: "Data plane", title: "TURN server" },
} as const;

export type Area = keyof typeof areas;
