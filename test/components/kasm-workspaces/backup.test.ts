import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { backupClaim, backupCronJob, keptDumps } from "../../../components/kasm-workspaces/backup.ts";
import type { BackupArgs } from "../../../components/kasm-workspaces/backup.ts";

const args: BackupArgs = {
  namespace: "kasm",
  plan: { schedule: "0 3 * * *", sizeGiB: 20 },
  storageClassName: "local-path",
  chartVersion: "1.1190.6",
};
const podOf = (more: Partial<BackupArgs> = {}) =>
  backupCronJob({ ...args, ...more }).spec.jobTemplate.spec.template.spec;

describe("the backup of Kasm's database", () => {
  it("goes to a claim that nothing waits for, since it is bound by the first dump", () => {
    expect(backupClaim(args)).to.deep.equal({
      metadata: {
        name: "kasm-database-backup",
        namespace: "kasm",
        annotations: { "pulumi.com/skipAwait": "true" },
      },
      spec: {
        accessModes: ["ReadWriteOnce"],
        storageClassName: "local-path",
        resources: { requests: { storage: "20Gi" } },
      },
    });
  });

  it("is taken by the database's own image, from the mirror where there is one", () => {
    expect(podOf().containers[0]?.image).to.equal("kasmweb/postgres:1.19.0");
    const pod = podOf({ imageTag: "1.19.0-x", registry: { mirror: "r.example.com/m", pullSecretName: "site" } });
    expect(pod.containers[0]?.image).to.equal("r.example.com/m/kasmweb/postgres:1.19.0-x");
    expect(pod).to.deep.include({ imagePullSecrets: [{ name: "site" }] });
  });

  it("has the password from the Secret and nowhere else", () => {
    const password = podOf().containers[0]?.env.find(({ name }) => name === "PGPASSWORD");
    expect(password).to.deep.equal({
      name: "PGPASSWORD",
      valueFrom: { secretKeyRef: { name: "kasm-secrets", key: "db-password" } },
    });
  });

  it("meets Pod Security restricted", () => {
    const { securityContext, containers } = podOf();
    expect(securityContext).to.deep.include({ runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } });
    expect(containers[0]?.securityContext).to.deep.include({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
    });
  });
});

describe("the dump's script", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "dump-"));
    for (const name of ["bin", "backup"]) mkdirSync(join(folder, name));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const backups = () => readdirSync(join(folder, "backup")).sort();
  /** Runs the script as it is, with /backup elsewhere and a pg_dump that does as it is told. */
  const run = (pgDump: string) => {
    writeFileSync(join(folder, "bin", "pg_dump"), `#!/bin/sh\n${pgDump}\n`, { mode: 0o755 });
    const script = (podOf().containers[0]?.command[2] ?? "").replaceAll("/backup/", `${join(folder, "backup")}/`);
    const path = `${join(folder, "bin")}:${process.env["PATH"] ?? ""}`;
    return execa("/bin/sh", ["-c", script], { env: { PATH: path }, reject: false });
  };
  const writes = 'for a; do case $a in --file=*) echo dump > "${a#--file=}";; esac; done';

  it("leaves a dump under its time", async () => {
    expect((await run(writes)).exitCode).to.equal(0);
    expect(backups().join()).to.match(/^kasm_\d{8}T\d{6}Z\.tar$/);
  });

  it(`keeps the newest ${keptDumps}`, async () => {
    for (let day = 10; day < 30; day++) writeFileSync(join(folder, "backup", `kasm_202601${day}T000000Z.tar`), "");
    await run(writes);
    expect(backups()).to.have.length(keptDumps);
    expect(backups()[0]).to.equal("kasm_20260117T000000Z.tar");
  });

  it("fails with the dump, leaves nothing that looks like one, and takes no old one away", async () => {
    writeFileSync(join(folder, "backup", "kasm_20260101T000000Z.tar"), "");
    expect((await run(`${writes}; exit 1`)).exitCode).to.equal(1);
    expect(backups().filter((name) => name.endsWith(".tar"))).to.deep.equal(["kasm_20260101T000000Z.tar"]);
    expect((await run(writes)).exitCode).to.equal(0);
    expect(backups().filter((name) => name.endsWith(".part"))).to.deep.equal([]);
  });
});
