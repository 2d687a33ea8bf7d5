import { expect } from "chai";
import { databaseLeftBehind } from "../../../commands/database-guard/left-behind.ts";
import type { AnyObject } from "../../../kube/client.ts";

const clusterNameLabel = "vdi.kasm.io/cluster-name";
const wanted = {
  ...{ manager: "pulumi-kasm-vdi-prod", record: "kasm-database-version", clusterNameLabel },
  ...{ namespace: "kasm", clusterName: "k3s" },
};
const record = (namespace: string, clusterName?: string, manager = wanted.manager): AnyObject => ({
  metadata: {
    ...{ namespace, name: wanted.record, managedFields: [{ manager }] },
    ...(clusterName !== undefined && { labels: { [clusterNameLabel]: clusterName } }),
  },
});

describe("a database that a config would leave behind", () => {
  it("is none before the first installation, and none where the config is as it was", () => {
    expect(databaseLeftBehind([], wanted)).to.equal(undefined);
    expect(databaseLeftBehind([record("kasm", "k3s")], wanted)).to.equal(undefined);
  });

  it("is none that another stack has made, in the same cluster", () => {
    expect(databaseLeftBehind([record("kasm-dev", "k3s", "pulumi-kasm-vdi-dev")], wanted)).to.equal(undefined);
  });

  it("is none that was made before its record had the cluster's name", () => {
    expect(databaseLeftBehind([record("kasm")], wanted)).to.equal(undefined);
  });

  it("is one in another namespace, with the key to set back and the way to give it up", () => {
    expect(databaseLeftBehind([record("kasm-old", "k3s")], wanted)).to.match(
      /^kasm-vdi:namespaces\.kasm is kasm, .* under kasm-old: .*Set it back to kasm-old\..*kubectl delete configmap kasm-database-version --namespace kasm-old$/,
    );
  });

  it("is one that was made under another name of the cluster, which would replace everything", () => {
    expect(databaseLeftBehind([record("kasm", "lab")], wanted)).to.match(
      /^kasm-vdi:clusterName is k3s, .* under lab: .*Set it back to lab\..*--namespace kasm$/,
    );
  });
});
