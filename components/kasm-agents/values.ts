import { readFileSync } from "node:fs";

/** One machine outside the cluster. The credentials to log in with are not here. */
export interface AgentMachine {
  /** Unique; part of the resource's name. */
  readonly name: string;
  /** Where SSH reaches it. */
  readonly host: string;
  readonly port: number;
  /** Root, or a user whose `sudo` asks for no password. */
  readonly user: string;
  /** The machine's public host key: a line of known_hosts or of `ssh-keyscan`, or the key without the host before it. */
  readonly hostKey: string;
  /** Name or address by which Kasm reaches the agent. */
  readonly publicHostname: string;
}

/** Release of Kasm's installer: a tar.gz with `kasm_release/install.sh`. */
export interface AgentInstaller {
  /** Must be what the installer says of itself, and the version of the control plane. */
  readonly version: string;
  /** `https:` or `file:` (a file that is on the machine); anything else needs `sha256`. */
  readonly url: string;
  readonly sha256?: string;
  /** More options of install.sh, such as `--use-static-images`. */
  readonly options: readonly string[];
}

/** How every machine of a component is installed. */
export interface AgentInstallation {
  /** Where agents reach the control plane, over HTTPS. Agents listen on the same port, as Kasm's installer has it. */
  readonly manager: { readonly hostname: string; readonly port: number };
  readonly installer: AgentInstaller;
  /** Where the installer puts Kasm. Removed as a whole with the agent. */
  readonly installPath: string;
  /** Free space that Docker's folder must have before the first installation; 0 asks for none. */
  readonly minimumDiskGiB: number;
  /** Swap file that is made where there is no swap; 0 makes none. */
  readonly swapMiB: number;
  /** How long to wait for the control plane to answer. */
  readonly timeoutSeconds: number;
}

/** For Kasm 1.19.0; `installer.sha256` is to be added from the file that Kasm publishes beside the release. */
export const agentDefaults = {
  installer: {
    version: "1.19.0",
    url: "https://kasm-static-content.s3.amazonaws.com/kasm_release_1.19.0.tar.gz",
    options: [],
  },
  // Kasm's installer knows no other one.
  installPath: "/opt/kasm",
  // What Kasm's installer asks for as well.
  minimumDiskGiB: 50,
  swapMiB: 0,
  timeoutSeconds: 600,
} as const satisfies Omit<AgentInstallation, "manager">;

/** What is left to people after `up`. */
export const nextStep =
  "Kasm registers new agents disabled, unless its setting auto_agent is on: enable this one in Infrastructure > Docker Agents.";

/**
 * The commands of a `remote.Command`. The script itself comes by standard input, so that a command is one readable line in
 * previews and errors, and any login shell can run it.
 */
export function agentCommands(machine: AgentMachine, installation: AgentInstallation) {
  const { manager, installer } = installation;
  const settings = [
    `agent=${machine.name}`,
    `version=${installer.version}`,
    `url=${installer.url}`,
    `sha256=${installer.sha256 ?? ""}`,
    `public=${machine.publicHostname}`,
    `manager=${manager.hostname}`,
    `port=${manager.port}`,
    `path=${installation.installPath}`,
    `disk=${installation.minimumDiskGiB}`,
    `swap=${installation.swapMiB}`,
    `wait=${installation.timeoutSeconds}`,
  ];
  const shell = machine.user === "root" ? "sh -s --" : "sudo -n sh -s --";
  const run = (action: string, options: readonly string[]) =>
    [shell, action, ...[...settings, ...options].map(shellWord)].join(" ");
  const install = run("install", ["--", ...installer.options]);
  return { create: install, update: install, delete: run("remove", []) };
}

/**
 * Standard input of the commands: the secrets, then the script.
 *
 * @param ca certificates in PEM form that the control plane's certificate is checked with; without any it is not checked
 */
export function agentInput(token: string, ca = ""): string {
  return `token=${quoted(token)}\nca=${quoted(ca.trim())}\n${agentScript}`;
}

/** Why the plugin could not check a host by this line of known_hosts; undefined when it can. */
export function hostKeyProblem(line: string): string | undefined {
  const { type, key } = keyIn(line);
  if (type === undefined || key === undefined || !holdsType(key, type))
    return `is no host key in OpenSSH form; get it by ${keyscan}`;
  // The plugin asks the server for signatures named like the key, and ssh-rsa has been off since OpenSSH 8.8
  // (pulumi-command v1.2.1: provider/pkg/provider/remote/connection.go).
  return checkable.test(type)
    ? undefined
    : `is a host key of type ${type}, which cannot be checked; get another by ${keyscan}`;
}

/**
 * The key of a line of known_hosts, in the form that `remote.Command` takes.
 *
 * @throws Error when the plugin could not check the host by it
 */
export function hostPublicKey({ name, hostKey }: Pick<AgentMachine, "name" | "hostKey">): string {
  const problem = hostKeyProblem(hostKey);
  if (problem !== undefined) throw new Error(`hostKey of agent ${name} ${problem}`);
  const { type = "", key = "" } = keyIn(hostKey);
  return `${type} ${key}`;
}

/** The one line of JSON that the script prints. */
export interface AgentFindings {
  readonly version: string;
  readonly state: string;
}

const keyscan = "`ssh-keyscan -t ed25519 HOST` and compare it with /etc/ssh/ssh_host_ed25519_key.pub there";
const checkable = /^(ssh-ed25519|ecdsa-sha2-nistp(256|384|521))$/;
const agentScript = readFileSync(new URL("./kasm-agent.sh", import.meta.url), "utf8");

function keyIn(line: string): { type?: string; key?: string } {
  const [, type, key] = /(?:^|\s)((?:ssh|ecdsa|sk)-[\w@.-]+)\s+([A-Za-z0-9+/]+=*)(?:\s|$)/.exec(line) ?? [];
  return type === undefined || key === undefined ? {} : { type, key };
}

/** The encoded key begins with the length and the name of its type. */
function holdsType(key: string, type: string): boolean {
  const bytes = Buffer.from(key, "base64");
  return bytes.length > 4 && bytes.subarray(4, 4 + bytes.readUInt32BE(0)).toString("latin1") === type;
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : quoted(word);
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
