import {
  cpSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";

const checkout = join(import.meta.dirname, "..", "..");

/** What a fresh clone would hold. */
function copyOfSources(): string {
  const copy = realpathSync(mkdtempSync(join(tmpdir(), "another place-")));
  const left = ["node_modules", ".lab", ".git"];
  for (const entry of readdirSync(checkout).filter((name) => !left.includes(name)))
    cpSync(join(checkout, entry), join(copy, entry), { recursive: true });
  symlinkSync(join(checkout, "node_modules"), join(copy, "node_modules"));
  return copy;
}

const preview = (folder: string, ...args: string[]) =>
  execa("node", ["lab/preview/main.ts", ...args], { cwd: folder, reject: false, all: true });

describe("the offline preview", () => {
  let copy: string;
  before(() => {
    copy = copyOfSources();
  });
  after(() => rmSync(copy, { recursive: true, force: true }));

  const edit = (file: string, change: (text: string) => string) =>
    writeFileSync(join(copy, file), change(readFileSync(join(copy, file), "utf8")));
  const restore = (file: string) => cpSync(join(checkout, file), join(copy, file));

  it("of dev and prod is what previews/ holds, beside a running lab and without touching the checkout", async () => {
    const stackFiles = () =>
      readdirSync(checkout)
        .filter((name) => /^Pulumi\./.test(basename(name)))
        .map((name) => [name, readFileSync(join(checkout, name), "utf8")]);
    const before = stackFiles();
    const { exitCode, all, stdout } = await preview(checkout, "dev", "prod");
    expect(exitCode, all).to.equal(0);
    expect(stdout).to.contain("As previews/dev.txt has it.").and.to.contain("As previews/prod.txt has it.");
    expect(stackFiles()).to.deep.equal(before);
  });

  it("is the same in another folder", async () => {
    const { exitCode, all } = await preview(copy, "dev", "prod");
    expect(exitCode, all).to.equal(0);
  });

  it("fails on a changed config with the difference and what to do, and agrees after --update", async () => {
    edit("Pulumi.dev.yaml", (text) => text.replace("replicasPerGpu: 2", "replicasPerGpu: 5"));
    const { exitCode, stderr } = await preview(copy, "dev");
    expect(exitCode).to.equal(1);
    expect(stderr)
      .to.match(/^-\s+default: shared-2$/m)
      .and.to.match(/^\+\s+default: shared-5$/m);
    expect(stderr).to.contain("`npm run preview -- dev --update`");

    expect((await preview(copy, "dev", "--update")).exitCode).to.equal(0);
    expect((await preview(copy, "dev")).exitCode).to.equal(0);
    for (const file of ["Pulumi.dev.yaml", "previews/dev.txt"]) restore(file);
  });

  it("fails on a broken rule of the policy pack, and says which, where and what to do", async () => {
    const file = "components/objects/network-policy.ts";
    edit(file, (text) => text.replace('"default-deny": denyAll(namespace),', ""));
    const { exitCode, stderr } = await preview(copy, "dev");
    restore(file);
    expect(exitCode).to.equal(1);
    expect(stderr).to.match(/kasm-namespace: namespaces-deny-by-default: [^]*Add a NetworkPolicy/);
  });

  it("fails on a bad config with the program's own message alone", async () => {
    edit("Pulumi.dev.yaml", (text) => text.replace("nodeCount", "nodecuont"));
    const { exitCode, stderr } = await preview(copy, "dev");
    restore("Pulumi.dev.yaml");
    expect(exitCode).to.equal(1);
    expect(stderr).to.match(
      /Pulumi\.dev\.yaml: 2 problems\n.*\n? *kasm-vdi:nodecuont +unknown key; did you mean nodeCount\?/,
    );
    expect(stderr).not.to.match(/^ +at /m);
  });

  it("names the stacks that there are when there is none of the name", async () => {
    const { exitCode, stderr } = await preview(checkout, "nope");
    expect(exitCode).to.equal(1);
    expect(stderr).to.match(/There is no Pulumi\.nope\.yaml\. Stacks with a config here: .*dev.*prod/);
  });
});
