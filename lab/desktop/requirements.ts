import { execa } from "execa";
import { findOnPath } from "../tools/ask.ts";

const programs = ["unshare", "nsenter", "setpriv", "ip", "mount", "apt-get", "dpkg-deb"];

/**
 * What keeps this machine from running desktops, as sentences with what to do; none when nothing does. Namespaces are tried,
 * for what forbids them has many names.
 */
export async function unmetRequirements(env: NodeJS.ProcessEnv): Promise<string[]> {
  if (process.platform !== "linux") return ["Desktops run on Linux alone: elsewhere `npm run lab` simulates them."];
  const found = await Promise.all(programs.map(async (name) => [name, await findOnPath(name, env["PATH"])] as const));
  const missing = found.filter(([, path]) => path === undefined).map(([name]) => name);
  if (missing.length > 0)
    return [
      `${missing.join(", ")} ${missing.length > 1 ? "are" : "is"} not on PATH: util-linux, iproute2, apt and dpkg have them.`,
    ];
  const attempt = "ip link add near type veth peer name far && mount -t tmpfs t /mnt && unshare --pid --fork true";
  const { failed, stderr } = await execa(
    "unshare",
    ["--user", "--map-root-user", "--net", "--mount", "sh", "-c", attempt],
    {
      reject: false,
    },
  );
  if (!failed) return [];
  return [
    `This machine does not let users make namespaces (${stderr.trim().split("\n").at(-1) ?? "unshare fails"}). Allow it ` +
      "(sysctl kernel.unprivileged_userns_clone=1, or kernel.apparmor_restrict_unprivileged_userns=0), or run the lab as root. " +
      "A container needs to be privileged for it.",
  ];
}
