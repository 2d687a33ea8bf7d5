import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { allCases, snapshotOf } from "../cases/case.ts";

const root = join(import.meta.dirname, "..", "..");

/** The one file that ships, in a folder where there is nothing else. */
describe("kasm-vdi", () => {
  const folder = mkdtempSync(join(tmpdir(), "kasm-vdi-cli-"));
  const file = join(folder, "snapshot.json");
  const kubeconfig = join(folder, "kubeconfig");
  const main = join(folder, "kasm-vdi.mjs");
  before(async () => {
    await execa(process.execPath, [join(root, "diagnose", "bundle.ts"), main]);
    const failing = allCases().find(({ name }) => name === "images/rate-limit")!;
    writeFileSync(file, JSON.stringify(snapshotOf(failing)));
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        ...{ apiVersion: "v1", kind: "Config", "current-context": "here" },
        contexts: [{ name: "here", context: { cluster: "here", user: "me" } }],
        clusters: [{ name: "here", cluster: { server: "https://127.0.0.1:64999" } }],
        users: [{ name: "me", user: {} }],
      }),
    );
  });
  after(() => rmSync(folder, { recursive: true }));

  const run = (...args: string[]) => execa(process.execPath, [main, ...args], { reject: false, cwd: folder });

  const badUsage: [string, string[], string][] = [
    ["an unknown option", ["diagnose", "--nonsense"], "unknown option '--nonsense'"],
    ["an unknown format", ["diagnose", "-o", "pdf"], "Allowed choices are"],
    ["a file that is not there", ["diagnose", "--from", "no.json"], "There is no file no.json."],
    [
      "an object that is not there",
      ["diagnose", "pod/alice-dest", "--from", "snapshot.json"],
      "Did you mean alice-desk?",
    ],
    [
      "a context that is not there",
      ["diagnose", "--kubeconfig", "kubeconfig", "--context", "x"],
      "has no context x. It has: here.",
    ],
    ["a wrong duration", ["diagnose", "--wait", "soon"], "Give a duration"],
    ["a wrong suppression", ["diagnose", "--suppress", "x"], "CODE=Kind namespace/name"],
    ["an unknown check", ["diagnose", "--disable-check", "Image"], "Did you mean images?"],
    ["applying without --fix", ["diagnose", "--apply"], "--apply goes with --fix."],
    ["watching a file", ["diagnose", "--from", "snapshot.json", "--watch"], "--from reads a file"],
    ["watching as JSON", ["diagnose", "-o", "json", "--watch"], "--watch prints lines"],
    ["an unknown code", ["explain", "ImageNotFuond"], "Did you mean ImageNotFound?"],
    ["a domain in upper case", ["preflight", "--domain", "Example.com"], "in lower case"],
    ["an unknown shell", ["completion", "csh"], "Allowed choices are"],
  ];
  for (const [what, args, sentence] of badUsage)
    it(`answers ${what} with one sentence and exit code 2`, async () => {
      const { exitCode, stderr, stdout } = await run(...args);
      expect(stderr).to.contain(sentence);
      expect(stderr).to.not.match(/\n\s+at /);
      expect(stdout).to.equal("");
      expect(exitCode).to.equal(2);
    });

  it("ends with 3 on failures in each format, and prints nothing but the report", async () => {
    const formats = ["table", "short", "json", "junit", "sarif", "markdown", "html"];
    const all = await Promise.all(formats.map((it) => run("diagnose", "--from", file, "-o", it)));
    expect(all.map(({ exitCode }) => exitCode)).to.deep.equal(formats.map(() => 3));
    expect(all.map(({ stderr }) => stderr).join("")).to.equal("");
  });

  it("ends with 1 and the way out where the API server does not answer", async () => {
    const { exitCode, stderr } = await run("diagnose", "--kubeconfig", kubeconfig);
    expect(stderr).to.match(/^error: The API server cannot be reached: .*systemctl status k3s/);
    expect(exitCode).to.equal(1);
  });

  for (const name of ["kasm-vdi.mjs", "kubectl-kasm"])
    it(`as ${name} runs where there is nothing but Node`, async () => {
      const alone = mkdtempSync(join(tmpdir(), "kasm-vdi-alone-"));
      try {
        copyFileSync(main, join(alone, name));
        const options = { cwd: alone, reject: false, env: { PATH: "", HOME: alone }, extendEnv: false };
        const { stdout, exitCode } = await execa(
          process.execPath,
          [name, "diagnose", "--from", file, "-o", "short"],
          options,
        );
        expect(stdout).to.match(/^× ImageRateLimited Pod kasm-vdi\/alice-desk/);
        expect(exitCode).to.equal(3);
        const help = await execa(process.execPath, [name, "--help"], options);
        expect(help.stdout).to.match(name === "kubectl-kasm" ? /^Usage: kubectl kasm / : /^Usage: kasm-vdi /);
      } finally {
        rmSync(alone, { recursive: true });
      }
    });
});
