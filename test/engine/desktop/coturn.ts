import { execa } from "execa";
import { readRunRecord } from "../../../lab/cluster/run-record.ts";
import { provideDebianFolder } from "../../../lab/desktop/files/debian-folder.ts";
import { amongDesktops } from "../../../lab/desktop/launches.ts";
import type { DesktopLab } from "./desktop-lab.ts";

/** Of the stack's TURN node, as browsers reach it. */
export const turnAddress = "198.18.0.10";

/** For Pulumi.lab.yaml. */
export const turnConfig = `  kasm-vdi:turn:
    enabled: true
    publicIPs: [${turnAddress}]
`;

const namespace = "turn";
const packages = ["coturn", "coreutils", "bash"];
const places = ["proc", "dev", "etc/coturn", "var/lib/coturn"];

// Its configuration has a secret: it comes by standard input, and is in memory alone.
const program = `
set -eu
root=$1
shift
ip address replace ${turnAddress}/32 dev pods
for folder in proc dev; do mount --rbind "/$folder" "$root/$folder"; done
for folder in etc/coturn var/lib/coturn; do mount -t tmpfs tmpfs "$root/$folder"; done
cat >"$root/etc/coturn/turnserver.conf"
exec setpriv --pdeathsig KILL chroot "$root" "$@"
`;

/** Its files, from the per-user cache or made. */
export function coturnFiles(): Promise<string> {
  return provideDebianFolder({ name: "coturn", packages, places });
}

/**
 * Debian's coturn on the network of the desktops, by the command and the configuration that the program's own DaemonSet and
 * Secret have.
 *
 * @returns what ends it
 */
export async function startCoturn({ client, layout }: DesktopLab): Promise<() => Promise<void>> {
  const [daemonSet, secret] = await Promise.all([
    client.get({ apiVersion: "apps/v1", kind: "DaemonSet", metadata: { namespace, name: "coturn" } }),
    client.get({ apiVersion: "v1", kind: "Secret", metadata: { namespace, name: "coturn" } }),
  ]);
  const { template } = daemonSet?.["spec"] as { template: { spec: { containers: { command: string[] }[] } } };
  const input = Buffer.from((secret?.["data"] as Record<string, string>)["turnserver.conf"] ?? "", "base64");
  const folder = await coturnFiles();
  const command = template.spec.containers[0]?.command ?? [];
  const launch = amongDesktops(
    { program: "unshare", args: ["--mount", "sh", "-c", program, "sh", folder, ...command], files: [] },
    readRunRecord(layout, "desktops")?.pid,
  );
  const running = execa(launch.program, launch.args, { input, reject: false, all: true });
  let said = "";
  await new Promise<void>((resolve, reject) => {
    running.all.on("data", (text) => {
      said += String(text);
      if (said.includes("Total General servers")) resolve();
    });
    void running.then(() => reject(new Error(`coturn ended: ${said}`)));
  });
  return async () => {
    running.kill();
    await running;
  };
}
