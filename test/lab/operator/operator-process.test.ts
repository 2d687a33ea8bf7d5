import { expect } from "chai";
import { kubeconfigText } from "../../../lab/cluster/kubeconfig.ts";
import { redirected } from "../../../lab/operator/operator-process.ts";

interface Kubeconfig {
  clusters: { cluster: Record<string, unknown> }[];
  users: { user: Record<string, unknown> }[];
}

const kubeconfig = kubeconfigText("https://127.0.0.1:6443", "authority", "kasm-operator", { token: "abc" });
const parsed = (text: string) => JSON.parse(text) as Kubeconfig;
const clusterOf = (text: string) => parsed(text).clusters[0]?.cluster;

describe("the kubeconfig of a test's operator", () => {
  it("has the ServiceAccount's token", () => {
    expect(parsed(redirected(kubeconfig, undefined)).users[0]?.user).to.deep.equal({ token: "abc" });
  });

  it("leads through a forwarder with the same certificate authority", () => {
    const authority = clusterOf(kubeconfig)?.["certificate-authority-data"];
    expect(clusterOf(redirected(kubeconfig, "https://127.0.0.1:7000"))).to.deep.equal({
      server: "https://127.0.0.1:7000",
      "certificate-authority-data": authority,
    });
  });

  it("leads through a proxy without TLS", () => {
    expect(clusterOf(redirected(kubeconfig, "http://127.0.0.1:7000"))).to.deep.equal({
      server: "http://127.0.0.1:7000",
      "insecure-skip-tls-verify": true,
    });
  });
});
