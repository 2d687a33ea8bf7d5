import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { create } from "tar";
import { provideAll } from "../../../lab/tools/provide.ts";
import type { ProvidedTool } from "../../../lab/tools/resolve.ts";
import { fakeTool, program } from "./fake-tool.ts";
import { serve } from "./loopback.ts";

describe("providing a tool", () => {
  let home: string;
  let env: NodeJS.ProcessEnv;

  beforeEach(async () => {
    home = await realpath(await mkdtemp(join(tmpdir(), "kasm-vdi-test-")));
    const go = join(home, "go");
    await writeFile(go, fakeGo);
    await chmod(go, 0o755);
    env = {
      PATH: "/usr/bin:/bin",
      KASM_VDI_CACHE: join(home, "cache"),
      KASM_VDI_TOOL_GO: go,
      FAKE_HOME: home,
    };
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  const put = async (folder: string, name: string, text: string) => {
    await mkdir(join(home, folder), { recursive: true });
    await writeFile(join(home, folder, name), text);
    await chmod(join(home, folder, name), 0o755);
  };
  const provide = async (tool = fakeTool(), onProgress: (tool: string, text: string) => void = () => undefined) => {
    const [provided] = await provideAll([tool], { env, onProgress });
    return provided!;
  };
  const failureOf = (work: Promise<unknown>) =>
    work.then(
      () => "",
      (error: unknown) => (error as Error).message,
    );
  const staging = () => readdir(join(home, "cache", "staging"));
  const goRuns = async () => (await readFile(join(home, "go.log"), "utf8").catch(() => "")).split("\n").filter(Boolean);

  it("builds what no other place has, and the next run finds it in the cache without asking anybody", async () => {
    const first = await provide();
    expect(first).to.include({ source: "build", version: "1.2.3", companions: first.companions });
    expect(first.path).to.match(new RegExp(`^${home}/cache/tools/fake/1\\.2\\.3-\\w+-\\w+/fake$`));
    const runs = (await goRuns()).length;
    const second = await provide();
    expect(second).to.deep.equal({ ...first, source: "cache" });
    expect(await goRuns()).to.have.length(runs);
    expect(await staging()).to.deep.equal([]);
  });

  it("passes Go neither the user's flags nor workspace nor target platform", async () => {
    Object.assign(env, { GOFLAGS: "-mod=vendor", GOWORK: "/elsewhere/go.work", GOOS: "plan9", GOBIN: "/elsewhere" });
    await provide();
    expect((await goRuns()).at(-1)).to.match(
      /^build GOFLAGS=-mod=readonly -buildvcs=false GOWORK=off GOOS=(linux|darwin) GOBIN=$/,
    );
  });

  it("keeps nothing of a build whose program tells another version", async () => {
    env["FAKE_VERSION"] = "1.2.4";
    expect(await failureOf(provide())).to.match(/build +the program says it is 1\.2\.4/);
    expect(await readdir(join(home, "cache")).then((names) => names.includes("tools"))).to.equal(false);
    expect(await staging()).to.deep.equal([]);
  });

  it("ends a failed build with one message that holds the last 15 lines of it", async () => {
    env["FAKE_FAIL"] = "yes";
    const message = await failureOf(provide());
    expect(message).to.include("fake 1.2.3 could not be provided");
    expect(message).to.match(/download +no release with a known checksum/);
    expect(message).to.include("  error 20\n").and.to.include("  error 6\n").and.not.to.include("  error 5\n");
  });

  it("builds again when a cached program was truncated", async () => {
    const { path } = await provide();
    await truncate(path, 5);
    expect((await provide()).source).to.equal("build");
  });

  it("builds again when the recipe changed under the same version", async () => {
    await provide();
    const changed = fakeTool();
    changed.programs[0]!.module.stamps = { "example.test/fake.version": "1.2.3" };
    expect((await provide(changed)).source).to.equal("build");
  });

  it("takes a program from PATH only with its companions beside it", async () => {
    await put("bin", "fake", program("1.2.3"));
    env["PATH"] = `${join(home, "bin")}:/usr/bin:/bin`;
    expect((await provide(fakeTool({ companions: ["fake-host"] }))).source).to.equal("build");
    await put("bin", "fake-host", program("1"));
    expect(await provide(fakeTool({ companions: ["fake-host"] }))).to.deep.include({
      source: "path",
      path: join(home, "bin", "fake"),
      companions: [join(home, "bin", "fake-host")],
    });
  });

  it("does not mistake its own link on PATH for a program of the user's", async () => {
    const { path } = await provide();
    await mkdir(join(home, "bin"));
    await symlink(path, join(home, "bin", "fake"));
    env["PATH"] = `${join(home, "bin")}:/usr/bin:/bin`;
    expect(await provide()).to.include({ source: "cache", path });
  });

  const sha256 = (content: string | Buffer) => createHash("sha256").update(content).digest("hex");

  it("downloads the release when it can, and builds when the release is not the expected one", async () => {
    const text = program("1.2.3");
    const server = await serve({ "/fake": text });
    try {
      const release = { url: `${server.url}/fake`, format: "raw" as const };
      const good = fakeTool({ download: { ...release, sha256: sha256(text) } });
      expect((await provide(good)).source).to.equal("download");
      await rm(join(home, "cache"), { recursive: true });
      const bad = fakeTool({ download: { ...release, sha256: "0".repeat(64) } });
      expect((await provide(bad)).source).to.equal("build");
    } finally {
      await server.close();
    }
  });

  it("unpacks a released archive without its folder, companions beside the tool", async () => {
    await put("release/fake-1.2.3", "fake", program("1.2.3"));
    await put("release/fake-1.2.3", "fake-host", program("1"));
    await create({ file: join(home, "fake.tar.gz"), gzip: true, cwd: join(home, "release") }, ["fake-1.2.3"]);
    const archive = await readFile(join(home, "fake.tar.gz"));
    const server = await serve({ "/fake.tar.gz": archive });
    try {
      const download = { url: `${server.url}/fake.tar.gz`, format: "tar.gz" as const, sha256: sha256(archive) };
      const { source, path, companions } = await provide(fakeTool({ companions: ["fake-host"], download }));
      expect(source).to.equal("download");
      expect(companions).to.deep.equal([join(dirname(path), "fake-host")]);
    } finally {
      await server.close();
    }
  });

  it("says which folder cannot be written to, and what to set instead", async () => {
    await writeFile(join(home, "file"), "");
    env["KASM_VDI_CACHE"] = join(home, "file");
    expect(await failureOf(provide())).to.match(
      new RegExp(`^The cache ${home}/file cannot be written to \\(ENOTDIR.*Set KASM_VDI_CACHE`),
    );
  });

  const inOtherProcess = (extra: NodeJS.ProcessEnv = {}) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, "fake-tool.ts")], {
      env: { ...env, ...extra },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    child.stdout.on("data", (data: Buffer) => (output += data.toString()));
    const ended = new Promise<string>((done) => child.on("close", () => done(output)));
    return { child, ended };
  };

  it("builds once when two processes want the same, and the second says what it waits for", async () => {
    const slow = { FAKE_SECONDS: "0.7" };
    const outputs = await Promise.all([inOtherProcess(slow).ended, inOtherProcess(slow).ended]);
    const provided = outputs.map((output) => JSON.parse(output.trim().split("\n").at(-1)!) as ProvidedTool);
    expect(provided.map(({ source }) => source).sort()).to.deep.equal(["build", "cache"]);
    expect((await goRuns()).filter((run) => run.startsWith("build"))).to.have.length(1);
    expect(outputs.join("")).to.match(/waiting for process \d+, which is providing the same/);
  });

  it("is not tripped by a process that was killed in the middle of a build", async function () {
    this.timeout(40_000);
    const { child, ended } = inOtherProcess({ FAKE_SECONDS: "3" });
    while ((await goRuns()).filter((run) => run.startsWith("build")).length === 0) await sleep(50);
    child.kill("SIGKILL");
    await ended;
    expect(await staging()).to.have.length(1);
    // as if the 15 s had passed after which a lock without sign of life is taken over
    await rm(join(home, "cache", "locks", "fake.lock"), { recursive: true });
    const { source, path } = await provide();
    expect(source).to.equal("build");
    expect(await readdir(dirname(path))).to.have.members(["fake", "entry.json"]);
    expect(await staging()).to.deep.equal([]);
  });
});

// Does what the builder asks of Go, and logs it. `build` goes to the file after -o.
const fakeGo = `#!/bin/sh
case "$1" in
  version) echo "go version go1.30.0 linux/amd64" ;;
  build)
    echo "build GOFLAGS=$GOFLAGS GOWORK=$GOWORK GOOS=$GOOS GOBIN=$GOBIN" >> "$FAKE_HOME/go.log"
    while [ "$1" != "-o" ]; do shift; done
    [ -z "$FAKE_SECONDS" ] || sleep "$FAKE_SECONDS"
    echo "example.test/fake" >&2
    if [ -n "$FAKE_FAIL" ]; then for n in $(seq 20); do echo "error $n" >&2; done; exit 1; fi
    out="$2/fake $2/fake-host"
    for file in $out; do
      printf '#!/bin/sh\\necho fake %s\\n' "\${FAKE_VERSION:-1.2.3}" > "$file"
      chmod +x "$file"
    done ;;
esac
`;
