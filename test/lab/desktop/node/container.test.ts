import { chmod, copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { unmetRequirements } from "../../../../lab/desktop/requirements.ts";

const script = join(import.meta.dirname, "../../../../lab/desktop/node/container.sh");
const nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

// The programs of this machine stand for those of an image.
describe("a container's first steps", () => {
  let folder = "";

  before(async function () {
    if ((await unmetRequirements(process.env)).length > 0) this.skip();
    folder = await mkdtemp(join(tmpdir(), "container-"));
    for (const name of ["empty", "root", "files"]) await mkdir(join(folder, name));
    for (const name of ["usr", "proc", "dev", "tmp", "run", "mnt"]) await mkdir(join(folder, "files", name));
    for (const name of ["bin", "lib", "lib64", "sbin"]) await symlink(`usr/${name}`, join(folder, "files", name));
    await writeFile(join(folder, "mounts"), "bind\t/usr\t/usr\n");
    await writeFile(join(folder, "termination-log"), "");
    await copyFile(script, join(folder, "container.sh"));
    await chmod(folder, 0o755);
  });
  after(async () => {
    if (folder !== "") await rm(folder, { recursive: true });
  });

  for (const [who, by] of [
    ["who runs the tests", []],
    ["a user without privileges", nobody],
  ] as const)
    it(`succeed for ${who}`, async function () {
      if (by.length > 0 && process.getuid?.() !== 0) this.skip();
      const apart = ["unshare", "--user", "--map-root-user", "--mount", "--pid", "--ipc", "--uts", "--fork"];
      const first = ["sh", join(folder, "container.sh"), join(folder, "files"), folder, "a-desktop", "--"];
      const command = ["sh", "-c", "hostname; id -u; test -c /dev/null && ls /"];
      const [program = "", ...args] = [...by, ...apart, ...first, ...command];
      const { stdout } = await execa(program, args, { input: "\n" });
      expect(stdout.split("\n")).to.deep.equal([
        ...["a-desktop", "1000"],
        ...["bin", "dev", "lib", "lib64", "mnt", "proc", "run", "sbin", "tmp", "usr"],
      ]);
    });
});
