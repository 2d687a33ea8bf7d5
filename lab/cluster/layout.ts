import { join } from "node:path";

/** Where one checkout keeps everything that its lab writes. All paths are absolute. */
export interface LabLayout {
  checkout: string;
  /** The `.lab` folder itself; its path also marks the processes of this lab. */
  root: string;
  /** Ports, chosen once. */
  stateFile: string;
  pki: string;
  /** The person's kubeconfig: cluster administrator. */
  kubeconfig: string;
  /** Kubeconfigs of the components, one identity each. */
  kubeconfigs: string;
  etcd: string;
  /** What operator and gateway find in mounted Secrets elsewhere: TURN's shared secret, the key for links. */
  operatorSecrets: string;
  /** Of desktops that are run and not simulated: homes, pods, sockets. */
  desktops: string;
  logs: string;
  run: string;
  /** Links to the tools that a person calls: kubectl, helm, pulumi. */
  bin: string;
  /** PULUMI_HOME: plugins and credentials of the lab's engine alone. */
  pulumiHome: string;
  /** The file backend: stacks and their state. */
  pulumiState: string;
  passphraseFile: string;
}

/** The layout below `checkout`, which must be an absolute path. */
export function labLayout(checkout: string): LabLayout {
  const root = join(checkout, ".lab");
  return {
    checkout,
    root,
    stateFile: join(root, "state.json"),
    pki: join(root, "pki"),
    kubeconfig: join(root, "kubeconfig"),
    kubeconfigs: join(root, "kubeconfigs"),
    etcd: join(root, "etcd"),
    operatorSecrets: join(root, "operator"),
    desktops: join(root, "desktops"),
    logs: join(root, "logs"),
    run: join(root, "run"),
    bin: join(root, "bin"),
    pulumiHome: join(root, "pulumi"),
    pulumiState: join(root, "state"),
    passphraseFile: join(root, "passphrase"),
  };
}

export function logFile(layout: LabLayout, component: string): string {
  return join(layout.logs, `${component}.log`);
}

export function componentKubeconfig(layout: LabLayout, identity: string): string {
  return join(layout.kubeconfigs, identity);
}
