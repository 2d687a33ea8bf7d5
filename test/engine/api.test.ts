import { readFileSync } from "node:fs";
import { expect } from "chai";
import { parse } from "yaml";
import { type AnyObject, ClusterClient, apiMessage, loadKubeConfig, statusCode } from "../../kube/client.ts";

// Dry runs only: the API server judges, nothing is kept.
describe("the API server, on objects of vdi.kasm.io", () => {
  const client = new ClusterClient(loadKubeConfig());
  after(() => client.config.close());

  const session = (spec: object): AnyObject => ({
    apiVersion: "vdi.kasm.io/v1alpha1",
    kind: "VDISession",
    metadata: { name: "api-test", namespace: "default" },
    spec: { user: "alice", template: "ubuntu", ...spec },
  });
  const template = (spec: object): AnyObject => ({
    apiVersion: "vdi.kasm.io/v1alpha1",
    kind: "VDITemplate",
    metadata: { name: "api-test" },
    spec: { image: "ghcr.io/example/desktop:1.0", runtime: { type: "selkies-v2" }, ...spec },
  });
  const create = (object: AnyObject) => client.create(object, { dryRun: true });

  it("fills in the defaults of a session that names only user and template", async () => {
    const created = await create(session({}));
    expect(created["spec"]).to.deep.equal({
      user: "alice",
      template: "ubuntu",
      desiredState: "Running",
      persistence: { enabled: true, size: "10Gi", reclaim: "Retain" },
      timeout: "8h",
    });
  });

  it("fills in the defaults inside persistence when it is given in part", async () => {
    const created = await create(session({ persistence: { size: "20Gi" } }));
    expect(created["spec"]).to.deep.include({ persistence: { enabled: true, size: "20Gi", reclaim: "Retain" } });
  });

  for (const user of ["alice@example.com", "Ærøskøbing Ünïcode 山田", "x".repeat(254)])
    it(`takes the user name ${user.slice(0, 24)} (${user.length} characters) as data`, () => create(session({ user })));

  const documented = readFileSync(new URL("../../docs/api.md", import.meta.url), "utf8");
  for (const [, text] of documented.matchAll(/```yaml\n([\s\S]*?)```/g)) {
    const example = parse(text!) as AnyObject;
    it(`takes the documented ${example.kind} ${example.metadata?.name}`, async () => {
      await create({
        ...example,
        metadata: {
          ...example.metadata,
          // The platform's own templates have such names too.
          name: `documented-${example.metadata?.name}`,
          ...(example.metadata?.namespace && { namespace: "default" }),
        },
      });
    });
  }

  const refusals: [string, AnyObject, RegExp][] = [
    ["two GPUs", session({ resources: { gpu: 2 } }), /gpu is 0 or 1: a desktop takes one time-sliced replica/],
    [
      "cpu in words",
      session({ resources: { cpu: "two" } }),
      /spec\.resources\.cpu.*not a quantity: write for example 2/,
    ],
    ["negative cpu", session({ resources: { cpu: -1 } }), /not a quantity/],
    ["memory with a wrong unit", session({ resources: { memory: "4GB" } }), /spec\.resources\.memory.*not a quantity/],
    ["a timeout in words", session({ timeout: "tomorrow" }), /spec\.timeout.*not a duration: write for example 30m/],
    ["a timeout of nothing", session({ timeout: "0s" }), /not a duration/],
    ["an idle rule without a time", session({ idle: {} }), /spec\.idle\.after: Required value/],
    ["an unknown desired state", session({ desiredState: "Paused" }), /supported values: "Running", "Suspended"/],
    ["no user", session({ user: "" }), /spec\.user/],
    ["a user of 255 characters", session({ user: "x".repeat(255) }), /Too long/],
    ["a template name that no object can have", session({ template: "My Template" }), /spec\.template/],
    ["an image without a tag", template({ image: "ghcr.io/example/desktop" }), /image needs a tag other than latest/],
    ["a registry port is no tag", template({ image: "localhost:5000/desktop" }), /image needs a tag/],
    ["the tag latest", template({ image: "desktop:latest" }), /image needs a tag other than latest/],
    ["a custom runtime without port", template({ runtime: { type: "custom" } }), /must say its port and healthPath/],
    ["a runtime nobody knows", template({ runtime: { type: "rdp" } }), /supported values: "selkies-v1"/],
    [
      "one variable twice",
      template({
        env: [
          { name: "A", value: "1" },
          { name: "A", value: "2" },
        ],
      }),
      /Duplicate value/,
    ],
    ["a privileged profile", template({ securityProfile: "privileged" }), /"restricted", "baseline"/],
    ["a resource name without a domain", template({ gpuResourceName: "gpu" }), /spec\.gpuResourceName/],
  ];
  for (const [what, object, message] of refusals)
    it(`refuses ${what} with a sentence that says why`, async () => {
      const error: unknown = await create(object).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(statusCode(error)).to.equal(422);
      expect(apiMessage(error)).to.match(message);
    });

  it("refuses to change a session's user or template", async () => {
    const made = await client.create(session({}));
    try {
      for (const change of [{ user: "bob" }, { template: "other" }]) {
        const error: unknown = await client
          .mergePatch({ apiVersion: made.apiVersion, kind: made.kind, metadata: made.metadata, spec: change })
          .catch((reason: unknown) => reason);
        expect(apiMessage(error)).to.match(/cannot change: delete the session and create one/);
      }
    } finally {
      await client.delete({
        apiVersion: "vdi.kasm.io/v1alpha1",
        kind: "VDISession",
        metadata: { name: "api-test", namespace: "default" },
      });
    }
  });
});
