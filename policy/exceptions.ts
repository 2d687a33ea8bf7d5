/** Ways of a pod to reach beyond itself into its node. */
export type HostAccess = "privileged" | "hostPath" | "hostNetwork" | "hostPID" | "hostIPC" | "hostPort";

/** The only components whose pods may reach into the node, what they may do, and why nothing less will do. */
export const hostAccessExceptions: readonly {
  readonly component: string;
  readonly access: HostAccess;
  readonly reason: string;
}[] = [
  {
    component: "kasm:turn:TurnServer",
    access: "hostNetwork",
    reason: "a relay answers from the port and address that it hands out; a Service cannot carry a range of UDP ports",
  },
  {
    component: "kasm:turn:TurnServer",
    access: "hostPort",
    reason: "with the node's network every port is one of the node; naming it keeps two servers off one node",
  },
];

/** The only components whose namespaces may be `privileged` for Pod Security, and why nothing stricter will do. */
export const privilegedNamespaceExceptions: readonly { readonly component: string; readonly reason: string }[] = [
  {
    component: "kasm:gpu:GpuOperator",
    reason: "driver, toolkit and device plugin write to the node and load kernel modules",
  },
  { component: "kasm:turn:TurnServer", reason: "the relay uses the node's network" },
  {
    component: "kasm:storage:LocalPathStorage",
    reason: "the helper pod makes a volume's directory in the node's file system",
  },
];
