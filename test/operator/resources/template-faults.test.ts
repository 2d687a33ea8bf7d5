import { expect } from "chai";
import fc from "fast-check";
import type { VDITemplate } from "../../../operator/api/objects.ts";
import { desktopPod, desktopResources } from "../../../operator/resources/pod.ts";
import { templateFault } from "../../../operator/resources/template-faults.ts";
import { template } from "../status/views.ts";

type Spec = Partial<VDITemplate["spec"]>;

const platform = { turn: undefined, extraMiddlewares: [] };
const faultOf = (spec: Spec) => templateFault(template(spec), platform);

/** Each with a word of the sentence that people read: the field, and what to do about it. */
const broken: Record<string, [Spec, RegExp]> = {
  "an image that starts as root under the level that forbids it": [
    { runtime: { type: "linuxserver" } },
    /linuxserver start as root.*securityProfile: restricted.*set securityProfile: baseline/,
  ],
  "any image that is told to start as root there": [
    { runtime: { type: "selkies-v2", user: 0 } },
    /start as root.*set securityProfile: baseline/,
  ],
  "more of /dev/shm than memory": [
    { shmSize: "8Gi" },
    /shmSize 8Gi.*resources\.default\.memory is 4Gi; lower the one or raise the other/,
  ],
  "the same where memory is left out": [
    { resources: {}, shmSize: "3Gi" },
    /resources\.default\.memory, when left out, is 2Gi/,
  ],
  "more memory than the most": [
    { resources: { default: { memory: "9Gi" }, max: { memory: "8Gi" } } },
    /resources\.default\.memory is 9Gi, above resources\.max\.memory 8Gi/,
  ],
  "more CPU than the most, in other units": [
    { resources: { default: { cpu: "1500m" }, max: { cpu: 1 } } },
    /resources\.default\.cpu is 1500m, above resources\.max\.cpu 1/,
  ],
  "a GPU where none is given": [
    { resources: { default: { gpu: 1 }, max: { gpu: 0 } } },
    /resources\.default\.gpu is 1, above resources\.max\.gpu 0/,
  ],
  "a most that is below what is usual": [
    { resources: { max: { memory: "1536Mi" } }, shmSize: "1Gi" },
    /resources\.default\.memory, when left out, is 2Gi, above resources\.max\.memory 1536Mi/,
  ],
  "a variable that moves the stream away from where it is asked": [
    { env: [{ name: "SELKIES_PORT", value: "9000" }] },
    /env SELKIES_PORT is 9000.*asked on port 8080; set runtime\.port/,
  ],
  "a stream on the port of the image's metrics": [
    { runtime: { type: "selkies-v1", port: 9081 } },
    /runtime\.port 9081 is the port that the image has for SELKIES_METRICS_HTTP_PORT/,
  ],
  "metrics moved to the port of the stream": [
    { runtime: { type: "selkies-v1" }, env: [{ name: "SELKIES_METRICS_HTTP_PORT", value: "8080" }] },
    /8080 is the port that the image has for SELKIES_METRICS_HTTP_PORT/,
  ],
  "a password of a custom image's own that nobody can know": [
    { access: "Password", runtime: { type: "custom", port: 9000, healthPath: "/" } },
    /access: Password needs runtime\.environment\.password/,
  ],
  "one variable for user and password": [
    { runtime: { type: "custom", port: 9000, healthPath: "/", environment: { user: "A", password: "A" } } },
    /runtime\.environment gives A for user and password/,
  ],
  "a password in a variable that the family has for something else": [
    { runtime: { type: "selkies-v2", environment: { password: "SELKIES_ENABLE_BASIC_AUTH" } } },
    /runtime\.environment names SELKIES_ENABLE_BASIC_AUTH/,
  ],
  "a label that no node can have": [
    { nodeSelector: { "a b": "c", disk: "ssd" } },
    /nodeSelector has the key a b, which no label/,
  ],
  "a list of applications in two places": [
    { applications: ["firefox"], env: [{ name: "VDI_APPLICATIONS", value: "gimp" }] },
    /env VDI_APPLICATIONS belongs to the operator/,
  ],
};

describe("a template that cannot work", () => {
  for (const [what, [spec, sentence]] of Object.entries(broken))
    it(`is one with ${what}`, () => expect(faultOf(spec)).to.match(sentence));

  it("is told of whole: all that is wrong in one sentence", () => {
    const fault = faultOf({ runtime: { type: "linuxserver" }, shmSize: "8Gi" });
    expect(fault).to.match(/root.*; .*shmSize/);
  });

  it("is none of those that work, also at the very edge", () => {
    const working: Spec[] = [
      {},
      { runtime: { type: "linuxserver" }, securityProfile: "baseline" },
      { runtime: { type: "linuxserver", user: 1000 } },
      { shmSize: "4Gi" },
      { resources: { default: { cpu: "2000m", memory: "4096Mi", gpu: 1 }, max: { cpu: 2, memory: "4Gi", gpu: 1 } } },
      { runtime: { type: "selkies-v2", port: 9000 }, env: [{ name: "SELKIES_PORT", value: "9000" }] },
      { runtime: { type: "selkies-v1", port: 9081 }, env: [{ name: "SELKIES_METRICS_HTTP_PORT", value: "9082" }] },
      { runtime: { type: "custom", port: 9000, healthPath: "/", environment: { password: "P" } }, access: "Password" },
      { env: [{ name: "VDI_APPLICATIONS", value: "gimp" }] },
      // Every object of JavaScript answers to these, and no family has them for something.
      { runtime: { type: "selkies-v2", environment: { user: "constructor", password: "toString" } } },
    ];
    for (const spec of working) expect(faultOf(spec), JSON.stringify(spec)).to.equal(undefined);
  });

  it("may listen below port 1024 without being root: the containerd of K3s lets it (enable_unprivileged_ports)", () => {
    expect(faultOf({ runtime: { type: "custom", port: 80, healthPath: "/" } })).to.equal(undefined);
  });
});

describe("a pod of a template without fault", () => {
  const size = fc.integer({ min: 1, max: 64 }).map((it) => `${it * 256}Mi`);
  const anySpec: fc.Arbitrary<Spec> = fc.record(
    {
      runtime: fc.record(
        {
          type: fc.constantFrom("selkies-v1", "selkies-v2", "linuxserver", "kasmvnc", "custom"),
          port: fc.constantFrom(80, 3000, 8080, 8081, 9081),
          user: fc.constantFrom(0, 1000),
        },
        { requiredKeys: ["type"] },
      ),
      resources: fc.record(
        { default: fc.record({ memory: size }), max: fc.record({ memory: size }) },
        { requiredKeys: [] },
      ),
      shmSize: size,
      securityProfile: fc.constantFrom("restricted", "baseline"),
      applications: fc.constantFrom([], ["firefox"]),
      env: fc.uniqueArray(
        fc.record({
          name: fc.constantFrom("A", "VDI_APPLICATIONS", "SELKIES_PORT", "NGINX_PORT", "CUSTOM_PORT", "PUID"),
          value: fc.constantFrom("", "80", "8080"),
        }),
        { selector: ({ name }) => name },
      ),
    },
    { requiredKeys: ["runtime"] },
  );

  interface Spoken {
    securityContext: { runAsNonRoot?: boolean };
    containers: [{ env: { name: string; value?: string }[]; resources: { limits: { memory: string } } }];
    volumes: { name: string; emptyDir?: { sizeLimit: string } }[];
  }

  it("has no variable twice, is not root where that is forbidden, and fits /dev/shm into its memory", () => {
    fc.assert(
      fc.property(anySpec, (spec) => {
        const made = template(spec);
        fc.pre(templateFault(made, platform) === undefined);
        const pod = desktopPod({
          ...{ name: "a", secretName: "s", namespace: "n", labels: {}, annotations: {}, template: made },
          owner: { apiVersion: "v1", kind: "Pod", name: "o", uid: "u" },
          resources: desktopResources(made),
          homeClaim: undefined,
          settings: { pullSecret: undefined },
          turnExpires: undefined,
        });
        const { containers, securityContext, volumes } = pod["spec"] as Spoken;
        const [{ env, resources }] = containers;
        expect(new Set(env.map(({ name }) => name)).size).to.equal(env.length);
        if (made.spec.securityProfile === "restricted") expect(securityContext.runAsNonRoot).to.equal(true);
        const mebi = (text = "") => (text.endsWith("Gi") ? 1024 : 1) * parseInt(text, 10);
        expect(mebi(volumes[0]?.emptyDir?.sizeLimit)).to.be.at.most(mebi(resources.limits.memory));
      }),
    );
  });
});
