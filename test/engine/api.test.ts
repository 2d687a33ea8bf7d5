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
  const custom = { type: "custom", port: 9000, healthPath: "/" };
  const resources = (given: object, max?: object) => ({ resources: { default: given, ...(max && { max }) } });
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
    [
      "a resource name without a domain",
      template({ gpuResourceName: "gpu" }),
      /spec\.gpuResourceName.*nvidia\.com\/gpu/,
    ],
    [
      "a GPU in Kubernetes' own domain",
      template({ gpuResourceName: "kubernetes.io/gpu" }),
      /domain of Kubernetes' own/,
    ],
    [
      "an image in upper case",
      template({ image: "ghcr.io/Example/desktop:1.0" }),
      /spec\.image.*no reference to an image/,
    ],
    ["an image's web page", template({ image: "https://ghcr.io/example/desktop:1.0" }), /no reference to an image/],
    [
      "an image that starts as root under the level that forbids it",
      template({ runtime: { type: "linuxserver" } }),
      /start as root.*set securityProfile: baseline/,
    ],
    [
      "any image that is told to start as root there",
      template({ runtime: { type: "selkies-v2", user: 0 }, securityProfile: "restricted" }),
      /start as root.*set securityProfile: baseline/,
    ],
    [
      "WebRTC by an image that cannot",
      template({ runtime: { type: "kasmvnc" }, stream: "WebRTC" }),
      /needs runtime\.type/,
    ],
    [
      "a password of a custom image's own that nobody can know",
      template({ access: "Password", runtime: custom }),
      /needs runtime\.environment\.password/,
    ],
    [
      "one variable for user and password",
      template({ runtime: { ...custom, environment: { user: "A", password: "A" } } }),
      /one variable for user and password/,
    ],
    [
      "a variable that would give it every GPU",
      template({ env: [{ name: "NVIDIA_VISIBLE_DEVICES", value: "all" }] }),
      /NVIDIA_VISIBLE_DEVICES belongs to the operator/,
    ],
    ...["/", "home/user", "/home/../etc", "/home/user's"].map((home): [string, AnyObject, RegExp] => [
      `the home ${home}`,
      template({ runtime: { type: "selkies-v2", home } }),
      /spec\.runtime\.home.*absolute path/,
    ]),
    ...["/dev/shm", "/etc", "/usr/local", "/var/run/vdi"].map((home): [string, AnyObject, RegExp] => [
      `the home ${home}`,
      template({ runtime: { type: "selkies-v2", home } }),
      /would hide what the image or the system needs/,
    ]),
    ["an application with a comma", template({ applications: ["a,b"] }), /spec\.applications/],
    ["a label's value with a space", template({ nodeSelector: { zone: "a b" } }), /spec\.nodeSelector\.zone/],
    [
      "a GPU where none is given",
      template(resources({ gpu: 1 }, { gpu: 0 })),
      /default\.gpu is above resources\.max\.gpu/,
    ],
    [
      "more CPU than the most",
      template(resources({ cpu: "1500m" }, { cpu: 1 })),
      /default\.cpu .* is above resources\.max\.cpu/,
    ],
    ["a most below the usual CPU", template(resources({}, { cpu: "500m" })), /default\.cpu \(1 when left out\)/],
    [
      "more memory than the most",
      template(resources({ memory: "2Gi" }, { memory: "2047Mi" })),
      /default\.memory .* is above/,
    ],
    [
      "a most below the usual memory",
      template(resources({}, { memory: "1536Mi" })),
      /default\.memory \(2Gi when left out\)/,
    ],
    [
      "more of /dev/shm than memory",
      template({ ...resources({ memory: "1Gi" }), shmSize: "1025Mi" }),
      /shmSize counts/,
    ],
    ["more of /dev/shm than the usual memory", template({ shmSize: "3Gi" }), /shmSize counts/],
    ["the usual /dev/shm in less memory", template(resources({ memory: "512Mi" })), /shmSize counts/],
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

  it("tells of a quantity that is none by its own rule alone", async () => {
    for (const memory of ["4GB", "two", ""]) {
      const error: unknown = await create(template(resources({ memory }, { memory: "8Gi" }))).catch(
        (it: unknown) => it,
      );
      expect(apiMessage(error))
        .to.contain("not a quantity")
        .and.not.to.match(/is above|evaluat/);
    }
  });

  const working: Record<string, object> = {
    "is at its most in other units": resources(
      { cpu: "2000m", memory: "4096Mi", gpu: 1 },
      { cpu: 2, memory: "4Gi", gpu: 1 },
    ),
    "says its memory in bytes": { ...resources({ memory: 1_073_741_824 }, { memory: "1.5Gi" }), shmSize: "0.5Gi" },
    "fills its memory with /dev/shm": { ...resources({ memory: "2T" }, { memory: "2Ti" }), shmSize: "2000G" },
    "starts as root under baseline": { runtime: { type: "linuxserver" }, securityProfile: "baseline" },
    "names another user than root": { runtime: { type: "linuxserver", user: 1000 } },
    "has a home of its own": { runtime: { type: "selkies-v2", home: "/home/alice@example.com/.desktop" } },
    "chooses nodes": { nodeSelector: { "kubernetes.io/hostname": "gpu-1", "example.com/fast": "" } },
    "comes by tag and digest": { image: `registry.example.com:5000/a/b_c/d-e:1.0@sha256:${"0".repeat(64)}` },
    "listens below 1024": { runtime: { type: "custom", port: 80, healthPath: "/" } },
  };
  for (const [what, spec] of Object.entries(working)) it(`takes a template that ${what}`, () => create(template(spec)));

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
