import { expect } from "chai";
import { kasmDatabase, kasmPinned } from "../../../policy/rules/kasm-release.ts";
import { releases } from "../../../policy/rules/releases.ts";
import { timeSlicingConfig, timeSlicingReference } from "../../../policy/rules/time-slicing.ts";
import { turnCredentials } from "../../../policy/rules/turn-credentials.ts";
import { unknownValue } from "../../../policy/value.ts";
import { configMap, faults, release, resource, secret } from "./objects.ts";

describe("releases-are-reproducible", () => {
  it("accepts a fixed name, an exact version and known values", () => {
    for (const version of ["1.1190.6", "v26.7.0", "1.2.3-rc.1"])
      expect(faults(releases, release("a", { b: 1 }, { version })), version).to.deep.equal([]);
  });

  it("refuses no name, the provider's own name, and a version that is not exact", () => {
    expect(faults(releases, release("a", {}, { name: undefined }))).to.deep.equal(["no fixed name"]);
    expect(faults(releases, release("a", {}, { name: "x-0a1b2c3d" }))).to.deep.equal(["no fixed name"]);
    for (const version of ["^1.2.0", "1.2", "latest", ">=1.0.0"])
      expect(faults(releases, release("a", {}, { version })), version).to.deep.equal([
        `version ${version} is not exact`,
      ]);
    expect(faults(releases, release("a", {}, { version: undefined }))).to.deep.equal(["no version"]);
  });

  it("names what is not known before `up`", () => {
    expect(faults(releases, release("a", { b: { c: unknownValue } }))).to.deep.equal(["values.b.c is not known"]);
  });
});

describe("kasm-keeps-its-database", () => {
  const values = (initialize: unknown, upgrade: unknown, retain: unknown = "Retain") => ({
    dbManagement: { initialize, upgrade: { enable: upgrade } },
    database: { storage: { retentionPolicy: { whenDeleted: retain, whenScaled: "Retain" } } },
  });

  it("accepts one phase at a time with a kept volume, wherever the chart comes from", () => {
    for (const chart of [
      "kasm-helm",
      "./lab/charts/kasm-helm",
      "oci://example.com/kasm-helm",
      "./kasm-helm-1.1190.6.tgz",
    ])
      for (const [initialize, upgrade] of [
        [true, false],
        [false, false],
        [false, true],
      ])
        expect(faults(kasmDatabase, release(chart, values(initialize, upgrade))), chart).to.deep.equal([]);
  });

  it("refuses both phases at once, a phase left open, and a volume that goes with its StatefulSet", () => {
    for (const chart of ["kasm-helm", "./kasm-helm-1.1190.6.tgz"])
      expect(faults(kasmDatabase, release(chart, values(true, true)))).to.deep.equal([
        "dbManagement.initialize and dbManagement.upgrade.enable are both true",
      ]);
    expect(faults(kasmDatabase, release("kasm-helm", values(undefined, false)))).to.deep.equal([
      "dbManagement.initialize is left to the chart",
    ]);
    expect(faults(kasmDatabase, release("kasm-helm", values(false, false, "Delete")))).to.deep.equal([
      "database.storage.retentionPolicy.whenDeleted is not Retain",
    ]);
  });

  it("leaves other charts alone", () => {
    expect(faults(kasmDatabase, release("gpu-operator", {}))).to.deep.equal([]);
  });
});

describe("kasm-leaves-nothing-to-chance", () => {
  const pinned = { nginxResolver: "10.43.0.10", useImageTags: "1.19.0", proxyService: { type: "ClusterIP" } };

  it("accepts what is pinned", () => {
    expect(faults(kasmPinned, release("kasm-helm", pinned))).to.deep.equal([]);
  });

  it("refuses what the chart would look up or float", () => {
    expect(faults(kasmPinned, release("kasm-helm", {}))).to.deep.equal([
      "useImageTags is no fixed tag",
      "nginxResolver is no IP address",
      "proxyService.type is not ClusterIP",
    ]);
    for (const useImageTags of [true, "develop", "1.19.0-rolling"])
      expect(faults(kasmPinned, release("kasm-helm", { ...pinned, useImageTags }))).to.have.length(1);
  });
});

const sharing = (replicas: number, rest = "    failRequestsGreaterThanOne: true\n") =>
  `version: v1\nsharing:\n  timeSlicing:\n${rest}    resources:\n      - name: nvidia.com/gpu\n        replicas: ${replicas}\n`;
const sharingMap = (data: unknown, name = "time-slicing-0123456789", more = {}) =>
  configMap(data, { metadata: { name, namespace: "gpu" }, immutable: true, ...more });

describe("time-slicing-is-valid", () => {
  it("accepts sharing that holds, beside a config that shares nothing", () => {
    expect(faults(timeSlicingConfig, sharingMap({ shared: sharing(8), exclusive: "version: v1\n" }))).to.deep.equal([]);
    expect(faults(timeSlicingConfig, configMap({ "config.json": "{}" }))).to.deep.equal([]);
  });

  it("refuses each way in which sharing is lost without a word", () => {
    expect(faults(timeSlicingConfig, sharingMap({ a: sharing(1) }))).to.deep.equal([
      "a gives nvidia.com/gpu 1 replicas",
    ]);
    expect(faults(timeSlicingConfig, sharingMap({ a: sharing(8, "") }))).to.deep.equal([
      "a lacks failRequestsGreaterThanOne: true",
    ]);
    expect(faults(timeSlicingConfig, sharingMap({ a: sharing(8) }, "time-slicing"))).to.deep.equal([
      "its name has no hash of its data",
    ]);
    expect(faults(timeSlicingConfig, sharingMap({ a: sharing(8) }, undefined, { immutable: false }))).to.deep.equal([
      "it is not immutable",
    ]);
    expect(
      faults(timeSlicingConfig, sharingMap({ a: "sharing:\n  timeSlicing:\n    failRequestsGreaterThanOne: true\n" })),
    ).to.deep.equal(["a shares no resource"]);
  });
});

describe("time-slicing-is-referred-to", () => {
  const config = { create: false, name: "time-slicing-0123456789", default: "shared" };
  const operator = (changed: Record<string, unknown> = {}, mig: unknown = { strategy: "none" }) =>
    release("gpu-operator", { mig, devicePlugin: { config: { ...config, ...changed } } }, { namespace: "gpu" });
  const map = sharingMap({ shared: sharing(8) });

  it("accepts a Release that refers to the ConfigMap of its namespace, with a default", () => {
    expect(faults(timeSlicingReference, operator(), map)).to.deep.equal([]);
    expect(faults(timeSlicingReference, operator({ name: unknownValue }))).to.deep.equal([]);
  });

  it("refuses a default that is missing or in no key", () => {
    expect(faults(timeSlicingReference, operator({ default: undefined }), map)).to.deep.equal([
      "devicePlugin.config.default is not set, the ConfigMap has shared",
    ]);
    expect(faults(timeSlicingReference, operator({ default: "any" }), map)).to.deep.equal([
      "devicePlugin.config.default is any, the ConfigMap has shared",
    ]);
  });

  it("refuses another name, another namespace, the chart's own ConfigMap, and MIG", () => {
    expect(faults(timeSlicingReference, operator({ name: "other" }), map)).to.deep.equal([
      "ConfigMap other is not in the stack",
      "no GPU operator refers to it",
    ]);
    expect(faults(timeSlicingReference, operator({ name: undefined }))).to.deep.equal([
      "devicePlugin.config.name is not set",
    ]);
    const elsewhere = sharingMap({ shared: sharing(8) }, undefined, {
      metadata: { name: config.name, namespace: "kasm" },
    });
    expect(faults(timeSlicingReference, operator(), elsewhere)).to.deep.equal([
      "it is not in the GPU operator's namespace gpu",
    ]);
    expect(faults(timeSlicingReference, operator({ create: true }), map)).to.have.length(1);
    expect(faults(timeSlicingReference, operator({}, {}), map)).to.deep.equal(["mig.strategy is not none"]);
  });
});

describe("turn-asks-for-credentials", () => {
  const server = (...args: string[]) =>
    resource("kubernetes:apps/v1:DaemonSet", {
      metadata: { name: "coturn", namespace: "turn" },
      spec: {
        template: {
          spec: { containers: [{ name: "coturn", image: "mirror.example.com/coturn/coturn:4.17.0", args }] },
        },
      },
    });
  const file =
    "use-auth-secret\ndenied-peer-ip=127.0.0.0-127.255.255.255\ndenied-peer-ip=169.254.0.0-169.254.255.255\n";

  it("accepts settings from a mounted file or from arguments", () => {
    expect(faults(turnCredentials, server(), secret({ "turnserver.conf": file }, "turn"))).to.deep.equal([]);
    expect(
      faults(
        turnCredentials,
        server(
          ...file
            .trim()
            .split("\n")
            .map((line) => `--${line}`),
        ),
      ),
    ).to.deep.equal([]);
  });

  it("refuses an open relay, and one that relays to itself", () => {
    expect(
      faults(turnCredentials, server(), secret({ "turnserver.conf": "realm=a\nno-auth\n" }, "turn")),
    ).to.deep.equal([
      "no use-auth-secret",
      "no-auth",
      "loopback addresses are not denied as peers",
      "link-local addresses are not denied as peers",
    ]);
    expect(faults(turnCredentials, server(), secret({ "turnserver.conf": file }, "other"))).to.have.length(3);
  });

  it("waits for a file that holds a secret which is not there yet", () => {
    expect(faults(turnCredentials, server(), secret({ "turnserver.conf": unknownValue }, "turn"))).to.deep.equal([]);
  });
});
