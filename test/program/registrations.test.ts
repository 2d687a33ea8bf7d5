import { expect } from "chai";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { registrationsOf, valueOf } from "./registrations.ts";

class Group extends pulumi.ComponentResource {
  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("test:index:Group", name, {}, opts);
    const first = new k8s.core.v1.ConfigMap(
      `${name}-first`,
      { data: { open: "no", hidden: pulumi.secret("yes") } },
      { parent: this },
    );
    new k8s.core.v1.Secret(
      `${name}-second`,
      { metadata: { name: "second" }, stringData: { hidden: "yes" } },
      { parent: this, dependsOn: first, protect: true, retainOnDelete: true, ignoreChanges: ["metadata"] },
    );
    this.registerOutputs({});
  }
}

describe("registrationsOf", () => {
  const run = () =>
    registrationsOf(() => {
      const provider = new k8s.Provider("cluster");
      new Group("group", { provider });
      return k8s.core.v1.Service.get("service", "kube-system/traefik", { provider });
    });

  it("tells parent, provider, dependencies and options of a resource", async () => {
    const { resources } = await run();
    const [provider, group, first, second] = ["cluster", "group", "group-first", "group-second"].map((name) =>
      resources.find((resource) => resource.name === name),
    );
    expect(group).to.include({ isComponent: true, type: "test:index:Group" });
    expect(second).to.include({ parent: group?.urn, protect: true, retainOnDelete: true, isComponent: false });
    expect(second?.provider).to.equal(`${provider?.urn ?? ""}::cluster-id`);
    expect(second?.dependencies).to.include(first?.urn);
    expect(second?.ignoreChanges).to.deep.equal(["metadata"]);
    expect(first).to.include({ protect: false, retainOnDelete: false });
  });

  it("gives inputs in plain JSON and says which were secret", async () => {
    const { resources } = await run();
    const first = resources.find(({ name }) => name === "group-first");
    expect(first?.inputs["data"]).to.deep.equal({ open: "no", hidden: "yes" });
    expect(first?.secrets).to.deep.equal(["data.hidden"]);
  });

  it("records what is only read as such", async () => {
    const { resources } = await run();
    expect(resources.filter(({ isRead }) => isRead).map(({ name }) => name)).to.deep.equal(["service"]);
  });

  it("gives what the program returned, with outputs from the mocked state", async () => {
    const { result } = await registrationsOf(
      () => new k8s.core.v1.ConfigMap("map", { data: { a: "1" } }),
      () => ({ data: { a: "2" } }),
    );
    expect(await valueOf(result.data)).to.deep.equal({ a: "2" });
  });
});
