import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { ClusterClient, loadKubeConfig } from "../../kube/client.ts";
import { labLayout } from "../../lab/cluster/layout.ts";

const checkout = join(import.meta.dirname, "..", "..");
const layout = labLayout(checkout);
const namespace = "dns-example";

// What external-dns's own CRD has, as far as this example goes (kubernetes-sigs/external-dns, docs/sources/crd.md).
const crd = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "dnsendpoints.externaldns.k8s.io", annotations: { "api-approved.kubernetes.io": "unapproved" } },
  spec: {
    group: "externaldns.k8s.io",
    names: { kind: "DNSEndpoint", listKind: "DNSEndpointList", plural: "dnsendpoints", singular: "dnsendpoint" },
    scope: "Namespaced",
    versions: [{ name: "v1alpha1", served: true, storage: true, schema: { openAPIV3Schema: dnsEndpointSchema() } }],
  },
};

function dnsEndpointSchema() {
  const text = { type: "string" };
  const endpoint = {
    type: "object",
    properties: {
      dnsName: text,
      recordType: text,
      recordTTL: { type: "integer", format: "int64" },
      targets: { type: "array", items: text },
    },
  };
  const spec = { type: "object", properties: { endpoints: { type: "array", items: endpoint } } };
  return { type: "object", properties: { spec } };
}

// A stack of its own beside the lab's, in the same backend. It reads what `npm run lab` has installed.
describe("the DNS example on the lab", () => {
  const client = new ClusterClient(loadKubeConfig({ file: layout.kubeconfig }));
  const space = { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } };

  before(async () => {
    await client.create(crd);
    await client.create(space);
    await pulumi("stack", "select", "--create");
    await pulumi("config", "set", "platform", "organization/kasm-vdi/lab", "--config-file", configFile);
    await pulumi("config", "set", "namespace", namespace, "--config-file", configFile);
  });

  after(async () => {
    await pulumi("destroy", "--yes", "--skip-preview", "--config-file", configFile);
    await pulumi("stack", "rm", "--yes", "--preserve-config");
    await client.delete(space);
    await client.delete(crd);
    await client.config.close();
  });

  it("makes one DNSEndpoint with the platform's records", async () => {
    await pulumi("up", "--yes", "--skip-preview", "--config-file", configFile);
    const object = await client.get({
      apiVersion: "externaldns.k8s.io/v1alpha1",
      kind: "DNSEndpoint",
      metadata: { name: "kasm-vdi", namespace },
    });
    const { endpoints } = object?.["spec"] as { endpoints: { dnsName: string; targets: string[] }[] };
    expect(endpoints.map(({ dnsName }) => dnsName)).to.deep.equal([
      "desktops.lab.localhost",
      "*.desktops.lab.localhost",
    ]);
    expect(endpoints[0]).to.deep.equal({
      dnsName: "desktops.lab.localhost",
      recordType: "A",
      recordTTL: 300,
      targets: ["198.18.0.10", "198.18.0.11", "198.18.0.12"],
    });
  });

  it("has nothing to do the second time", async () => {
    await pulumi("preview", "--expect-no-changes", "--config-file", configFile);
  });
});

// Outside the checkout, which stays as it is.
const configFile = join(layout.root, "dns-example.yaml");

async function pulumi(...args: string[]) {
  return execa("pulumi", [...args, "--stack", "organization/kasm-vdi-dns/lab", "--non-interactive"], {
    cwd: join(checkout, "examples", "dns"),
  });
}
