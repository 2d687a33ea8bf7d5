import { expect } from "chai";
import { databaseLeftBehind } from "../../../commands/database-guard/left-behind.ts";
import type { AnyObject } from "../../../kube/client.ts";

const clusterNameLabel = "vdi.kasm.io/cluster-name";
const stackAnnotation = "vdi.kasm.io/stack";
const wanted = {
  ...{ manager: "pulumi-kasm-vdi-prod", record: "kasm-database-version", clusterNameLabel, stackAnnotation },
  ...{ namespace: "kasm", clusterName: "k3s" },
};
const record = (namespace: string, clusterName?: string, manager = wanted.manager): AnyObject => ({
  metadata: {
    ...{ namespace, name: wanted.record, managedFields: [{ manager }] },
    ...(clusterName !== undefined && { labels: { [clusterNameLabel]: clusterName } }),
  },
});

const other = "pulumi-kasm-vdi-dev";
const said = ({ metadata, ...rest }: AnyObject, stack: string): AnyObject => ({
  ...rest,
  metadata: { ...metadata, annotations: { [stackAnnotation]: stack } },
});

describe("a database that a config would leave behind", () => {
  it("is none before the first installation, and none where the config is as it was", () => {
    expect(databaseLeftBehind([], wanted)).to.equal(undefined);
    expect(databaseLeftBehind([record("kasm", "k3s")], wanted)).to.equal(undefined);
  });

  it("is none that is said to be another stack's, in another namespace", () => {
    expect(databaseLeftBehind([said(record("kasm-dev", "k3s", other), other)], wanted)).to.equal(undefined);
  });

  it("is none that was made before the stack was renamed, once that was said", () => {
    expect(databaseLeftBehind([said(record("kasm", "k3s", other), wanted.manager)], wanted)).to.equal(undefined);
  });

  it("is one of a renamed stack, in another namespace as well", () => {
    const renamed = said(record("kasm-old", "k3s", other), wanted.manager);
    expect(databaseLeftBehind([renamed], wanted)).to.match(/Set it back to kasm-old\./);
  });

  it("is one in the namespace that was made by a stack of another name, with both ways to go on", () => {
    expect(databaseLeftBehind([record("kasm", "k3s", other)], wanted)).to.equal(
      "Namespace kasm of the cluster has Kasm's database, made by pulumi-kasm-vdi-dev, and this stack is pulumi-kasm-vdi-prod. " +
        "If it is the same stack, renamed, say so: kubectl annotate configmap kasm-database-version --namespace kasm " +
        "--overwrite vdi.kasm.io/stack=pulumi-kasm-vdi-prod. If it is another one, this one would take its namespace and " +
        "passwords over: choose another cluster, or other kasm-vdi:namespaces",
    );
  });

  it("is one in the namespace that is said to be another stack's, whoever wrote it last", () => {
    expect(databaseLeftBehind([said(record("kasm", "k3s"), other)], wanted)).to.match(/made by pulumi-kasm-vdi-dev/);
  });

  it("is one in another namespace of which nobody said whose it is: it could be this stack's before a new name", () => {
    expect(databaseLeftBehind([record("kasm-dev", "k3s", other)], wanted)).to.match(
      /^Namespace kasm-dev .*say that: kubectl .* --namespace kasm-dev --overwrite vdi\.kasm\.io\/stack=pulumi-kasm-vdi-dev$/,
    );
  });

  it("is one that a stack wrote without a name of its own, as all did once: it may be this one", () => {
    expect(databaseLeftBehind([record("kasm", "k3s", "pulumi-kubernetes-eeba9fca")], wanted)).to.match(
      /If it is the same stack, from before stacks wrote under their names, say so: kubectl annotate /,
    );
  });

  it("is one whose writers were lost, as by a restore of the cluster", () => {
    expect(databaseLeftBehind([{ metadata: { namespace: "kasm", name: wanted.record } }], wanted)).to.match(
      /made by an unknown stack/,
    );
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
