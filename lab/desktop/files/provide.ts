import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { chmod, copyFile, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { fetchWheel } from "../../tools/pypi.ts";
import type { Wheel } from "../../tools/pypi.ts";
import { unpackWheel } from "../../tools/wheel.ts";
import { fetchDebianPackages, unpackDebianPackages } from "./debian.ts";
import { provideFolder, thisArchitecture } from "./folder.ts";
import type { Architecture } from "./folder.ts";
import { debian } from "./packages.ts";
import { wheels } from "./wheels.ts";

const entryPoint = join(import.meta.dirname, "desktop.sh");
/** Where the wheels are unpacked to. */
const pythonFolder = "opt/selkies";

/**
 * The folder with a desktop's files, which stand for the image of a template: Debian, a window manager, a terminal and
 * Selkies. It is in the per-user cache, and made when it is not there, or was made of something else.
 */
export async function provideDesktopFiles(env: NodeJS.ProcessEnv, onProgress: (text: string) => void): Promise<string> {
  const architecture = thisArchitecture();
  return provideFolder({ name: "desktops", recipe: recipe(), env, onProgress }, async (staging, files) => {
    await Promise.all([
      layPackages(staging, files, architecture, env, onProgress),
      layWheels(staging, files, architecture, env, onProgress),
    ]);
    onProgress("finishing the desktop's files");
    await finish(files);
  });
}

/** Of all that decides what is made; Debian's packages are those of the day. */
function recipe(): string {
  const hash = createHash("sha256").update(JSON.stringify([debian, wheels, accounts]));
  return hash.update(readFileSync(entryPoint)).digest("hex").slice(0, 16);
}

async function layPackages(
  staging: string,
  files: string,
  architecture: Architecture,
  env: NodeJS.ProcessEnv,
  onProgress: (text: string) => void,
): Promise<void> {
  const folder = join(staging, "apt");
  const { suite, packages } = debian;
  const found = await fetchDebianPackages({ suite, packages, architecture, folder, env, onProgress });
  await unpackDebianPackages(found, files, onProgress);
}

async function layWheels(
  staging: string,
  files: string,
  architecture: Architecture,
  env: NodeJS.ProcessEnv,
  onProgress: (text: string) => void,
): Promise<void> {
  const folder = join(staging, "wheels");
  await mkdir(folder);
  const left = pinnedWheels(architecture);
  const work = async () => {
    for (let wheel = left.pop(); wheel; wheel = left.pop())
      await unpackWheel(await fetchWheel(wheel, folder, env, onProgress), join(files, pythonFolder));
  };
  await Promise.all([work(), work(), work()]);
}

/** The wheels for one kind of machine. */
export function pinnedWheels(architecture: Architecture): Wheel[] {
  return Object.entries(wheels).map(([title, files]) => {
    const [name = "", version = ""] = title.split(" ");
    const [file, sha256] = "any" in files ? files.any : files[architecture];
    return { name, version, file, sha256 };
  });
}

const accounts = {
  "etc/passwd":
    "root:x:0:0:root:/root:/bin/bash\nubuntu:x:1000:1000:ubuntu:/home/ubuntu:/bin/bash\nnobody:x:65534:65534::/:/bin/false\n",
  "etc/group": "root:x:0:\nubuntu:x:1000:\nnogroup:x:65534:\n",
  "etc/hosts": "127.0.0.1 localhost\n",
  "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
  "etc/hostname": "desktop\n",
  "etc/resolv.conf": "",
  "etc/machine-id": "",
};

/** What the packages' scripts would have done, as far as it matters here. */
async function finish(files: string): Promise<void> {
  for (const folder of [
    "home/ubuntu",
    "mnt",
    "proc",
    "sys",
    "dev",
    "run",
    "tmp",
    "etc/vdi/rtc",
    "etc/vdi/rtc-secret",
    "usr/local/bin",
  ])
    await mkdir(join(files, folder), { recursive: true });
  for (const [file, text] of Object.entries(accounts)) await writeFile(join(files, file), text);
  await symlink("bash", join(files, "bin/sh"));
  const program = join(files, "usr/local/bin/desktop");
  await copyFile(entryPoint, program);
  await chmod(program, 0o755);
  const inside = (...command: string[]) =>
    execa("unshare", ["--user", "--map-root-user", "chroot", files, ...command], {
      env: { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/tmp" },
    });
  await inside("fc-cache", "--system-only");
  // By the source's hash, and unchecked: an unpacker's times would void them, and each start would compile for 2.5 s.
  const compiled = ["-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"];
  await inside("python3", ...compiled, `/${pythonFolder}`, `/usr/lib/python${debian.python}`);
}
