import { X509Certificate } from "node:crypto";
import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";

import { fitsPlan } from "../../../lab/cluster/certificate-fit.ts";
import { certificatePlans } from "../../../lab/cluster/certificate-plan.ts";
import { componentKubeconfig } from "../../../lab/cluster/layout.ts";
import { writeKubeconfigs } from "../../../lab/cluster/kubeconfig.ts";
import { certificateFile, keyFile, preparePki, readKeyPair } from "../../../lab/cluster/pki.ts";
import { temporaryLab } from "./temporary-lab.ts";

const day = 24 * 3_600_000;
const server = certificatePlans.find(({ name }) => name === "kube-apiserver")!;

describe("lab certificates", () => {
  let lab: ReturnType<typeof temporaryLab>;
  let pki: string;
  before(async () => {
    lab = temporaryLab();
    pki = lab.layout.pki;
    await preparePki(pki);
  });
  after(() => lab.remove());

  const contents = () =>
    Object.fromEntries(readdirSync(pki).map((file) => [file, readFileSync(join(pki, file), "utf8")]));

  it("are readable by their owner alone, with every key", () => {
    expect(readdirSync(pki).filter((file) => (statSync(join(pki, file)).mode & 0o777) !== 0o600)).to.be.empty;
    expect(statSync(pki).mode & 0o777).to.equal(0o700);
  });

  it("of the API server hold for loopback, the service address and the in-cluster names", () => {
    const certificate = new X509Certificate(readKeyPair(pki, "kube-apiserver").certificate);
    for (const address of ["127.0.0.1", "10.43.0.1"]) expect(certificate.checkIP(address)).to.equal(address);
    for (const name of ["localhost", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"]) {
      expect(certificate.checkHost(name)).to.equal(name);
    }
    expect(certificate.checkHost("example.com")).to.be.undefined;
  });

  it("that log in to the cluster do not open etcd: another authority signs those", () => {
    const admin = new X509Certificate(readKeyPair(pki, "client-admin").certificate);
    const issuer = (name: string) => new X509Certificate(readKeyPair(pki, name).certificate).publicKey;
    expect(admin.verify(issuer("client-ca"))).to.be.true;
    expect(admin.verify(issuer("etcd-ca"))).to.be.false;
    expect(admin.verify(issuer("server-ca"))).to.be.false;
  });

  it("stay as they are when nothing is wrong with them", async () => {
    const before = contents();
    await preparePki(pki);
    expect(contents()).to.deep.equal(before);
  });

  it("that end within a month no longer fit, and neither do ones with other names or of another authority", () => {
    const [pair, authority] = [readKeyPair(pki, "kube-apiserver"), readKeyPair(pki, "server-ca")];
    const now = new Date();
    expect(fitsPlan(pair, server, authority, now)).to.be.true;
    expect(fitsPlan(pair, server, authority, new Date(now.getTime() + 340 * day))).to.be.false;
    expect(fitsPlan(pair, { ...server, dnsNames: ["localhost", "new.name"] }, authority, now)).to.be.false;
    expect(fitsPlan(pair, { ...server, organization: "system:masters" }, authority, now)).to.be.false;
    expect(fitsPlan(pair, server, readKeyPair(pki, "client-ca"), now)).to.be.false;
  });

  it("are made anew when an interrupted run left a key that belongs to no certificate, and no others are", async () => {
    const before = contents();
    writeFileSync(keyFile(pki, "kube-scheduler"), readKeyPair(pki, "kube-apiserver").key);
    await preparePki(pki);
    const after = contents();
    const changed = Object.keys(after).filter((file) => after[file] !== before[file]);
    expect(changed.sort()).to.deep.equal(["kube-scheduler.crt", "kube-scheduler.key"]);
  });

  it("go into kubeconfigs that need no other file, trust this authority only and are private", () => {
    writeKubeconfigs(lab.layout, 23_456);
    const files = [lab.layout.kubeconfig, componentKubeconfig(lab.layout, "kwok")];
    const users = files.map((file) => {
      expect(statSync(file).mode & 0o777).to.equal(0o600);
      const { clusters, users } = JSON.parse(readFileSync(file, "utf8")) as Kubeconfig;
      expect(clusters[0]!.cluster).to.deep.equal({
        server: "https://127.0.0.1:23456",
        "certificate-authority-data": readFileSync(certificateFile(pki, "server-ca")).toString("base64"),
      });
      const pem = Buffer.from(users[0]!.user["client-certificate-data"]!, "base64");
      return new X509Certificate(pem).subject;
    });
    expect(users).to.deep.equal(["O=system:masters\nCN=system:admin", "CN=lab:kwok"]);
  });
});

interface Kubeconfig {
  clusters: { cluster: Record<string, string> }[];
  users: { user: Record<string, string> }[];
}
