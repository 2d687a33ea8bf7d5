import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { chmod, copyFile, mkdir, readFile, rename, symlink, writeFile } from "node:fs/promises";
import { arch } from "node:os";
import { join, resolve } from "node:path";
import { execa } from "execa";
import { cacheRoot, inStaging } from "../../tools/cache.ts";
import { withLock } from "../../tools/lock.ts";
import { fetchWheel } from "../../tools/pypi.ts";
import type { Wheel } from "../../tools/pypi.ts";
import { unpackWheel } from "../../tools/wheel.ts";
import { fetchDebianPackages, unpackDebianPackages } from "./debian.ts";
import { debian, wheels } from "./packages.ts";

type Architecture = "amd64" | "arm64";

const entryPoint = join(import.meta.dirname, "desktop.sh");
/** Where the wheels are unpacked to. */
const pythonFolder = "opt/selkies";

/**
 * The folder with a desktop's files, which stand for the image of a template: Debian, a window manager, a terminal and
 * Selkies. It is in the per-user cache, and made when it is not there, or was made of something else.
 */
export async function provideDesktopFiles(env: NodeJS.ProcessEnv, onProgress: (text: string) => void): Promise<string> {
  const root = resolve(cacheRoot(env));
  const architecture = thisArchitecture();
  const folder = join(root, "desktops", `${recipe()}-${architecture}`);
  if (await isWhole(folder)) return folder;
  return withLock(root, "desktop-files", onProgress, async () => {
    if (await isWhole(folder)) return folder;
    await inStaging(root, "desktop-files", async (staging) => {
      const files = join(staging, "files");
      await mkdir(files);
      await Promise.all([
        layPackages(staging, files, architecture, env, onProgress),
        layWheels(staging, files, architecture, env, onProgress),
      ]);
      onProgress("finishing the desktop's files");
      await finish(files);
      await writeFile(join(files, marker), `${recipe()}\n`);
      await mkdir(join(root, "desktops"), { recursive: true });
      await rename(files, folder);
    });
    return folder;
  });
}

const marker = ".whole";

async function isWhole(folder: string): Promise<boolean> {
  const text = await readFile(join(folder, marker), "utf8").catch(() => "");
  return text.trim() === recipe();
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
  for (const folder of ["home/ubuntu", "mnt", "proc", "sys", "dev", "run", "tmp", "etc/vdi/rtc", "etc/vdi/rtc-secret", "usr/local/bin"])
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

function thisArchitecture(): Architecture {
  const machine = arch();
  if (process.platform === "linux" && machine === "x64") return "amd64";
  if (process.platform === "linux" && machine === "arm64") return "arm64";
  throw new Error(`Desktops run on Linux on x64 and arm64 alone, and this machine is ${process.platform} on ${machine}.`);
}
