import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { analyzers } from "../../analyzers/all.ts";
import { Cluster } from "../../analyzers/cluster.ts";
import { readSnapshot } from "../../diagnose/collect/folder.ts";
import { HiddenCounts, hiddenSentence } from "../../diagnose/collect/hidden.ts";
import { collectLogs } from "../../diagnose/collect/logs.ts";
import { trimmed } from "../../diagnose/collect/trim.ts";
import { renderers } from "../../diagnose/render/render.ts";
import { reportOn } from "../../diagnose/report.ts";
import type { ClusterClient } from "../../kube/client.ts";
import type { AnyObject } from "../../kube/object.ts";

/** Each looks like what people really choose; no rule knows them by their letters. */
const planted = {
  env: "plantedEnv",
  arg: "plantedArg",
  argOfFlag: "plantedFlag",
  url: "plantedUrl",
  annotation: "plantedAnnotation",
  lastApplied: "plantedApplied",
  secretData: "plantedData",
  stringData: "plantedString",
  configMap: "plantedConfig",
  readConfigMap: "plantedCore",
  event: "plantedEvent",
  message: "plantedMessage",
  header: "plantedHeader",
  addedHeader: "plantedAdded",
  path: "plantedPath",
  values: "plantedValues",
  set: "plantedSet",
  template: "plantedTemplate",
  log: "plantedLog",
  fileLog: "plantedFile",
};

const container = {
  name: "db",
  image: "registry.example.com/db:1",
  env: [
    { name: "ANYTHING", value: planted.env },
    { name: "DB_HOST", value: `postgres://kasm:${planted.url}@db:5432` },
  ],
  command: ["sh", "-c", `psql --password=${planted.arg}`],
  args: ["--token", planted.argOfFlag],
  livenessProbe: { httpGet: { path: "/", httpHeaders: [{ name: "Authorization", value: planted.header }] } },
};

const objects: AnyObject[] = [
  {
    ...{ apiVersion: "v1", kind: "Pod" },
    metadata: {
      ...{ namespace: "kasm", name: "kasm-db-0", creationTimestamp: "2026-01-01T00:00:00Z" },
      annotations: {
        "example.com/api-token": planted.annotation,
        "kubectl.kubernetes.io/last-applied-configuration": planted.lastApplied,
      },
    },
    spec: { containers: [container] },
    status: {
      phase: "Pending",
      containerStatuses: [
        {
          ...{ name: "db", image: container.image, ready: false, restartCount: 1 },
          state: {
            waiting: { reason: "ImagePullBackOff", message: `pull failed: password=${planted.message} unauthorized` },
          },
          lastState: { terminated: { exitCode: 1, message: `password: ${planted.message}` } },
        },
      ],
    },
  },
  {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { namespace: "kasm", name: "s" },
    data: { key: planted.secretData },
    stringData: { other: planted.stringData },
  },
  { apiVersion: "v1", kind: "ConfigMap", metadata: { namespace: "kasm", name: "c" }, data: { key: planted.configMap } },
  {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { namespace: "kube-system", name: "coredns" },
    data: { Corefile: `password ${planted.readConfigMap}\nsecret=${planted.readConfigMap}` },
  },
  {
    ...{
      apiVersion: "v1",
      kind: "Event",
      metadata: { namespace: "kasm", name: "e" },
      reason: "Failed",
      type: "Warning",
    },
    involvedObject: { kind: "Pod", namespace: "kasm", name: "kasm-db-0" },
    message: `Failed to pull image "${container.image}": https://me:${planted.event}@registry.example.com: unauthorized`,
    lastTimestamp: "2026-01-01T00:00:30Z",
  },
  {
    ...{ apiVersion: "helm.cattle.io/v1", kind: "HelmChart", metadata: { namespace: "kube-system", name: "h" } },
    spec: { valuesContent: `adminPassword: ${planted.values}\n`, set: { "global.adminPassword": planted.set } },
  },
  {
    ...{ apiVersion: "traefik.io/v1alpha1", kind: "Middleware", metadata: { namespace: "kasm", name: "m" } },
    spec: { headers: { customRequestHeaders: { "X-Proxy": planted.addedHeader, "X-Gone": "" } } },
  },
  {
    ...{
      apiVersion: "traefik.io/v1alpha1",
      kind: "Middleware",
      metadata: { namespace: "kasm-vdi", name: "session-access" },
    },
    spec: { forwardAuth: { address: `http://kasm-gateway.kasm-vdi-system.svc:8082/auth/${planted.path}` } },
  },
  {
    ...{ apiVersion: "vdi.kasm.io/v1alpha1", kind: "VDITemplate", metadata: { name: "t" } },
    spec: { image: "x", env: [{ name: "LICENSE", value: planted.template }] },
  },
];

const found = (text: string) =>
  Object.entries(planted)
    .filter(([, value]) => text.includes(value))
    .map(([where]) => where);

describe("secrets of a cluster", () => {
  it("are in no snapshot", () => {
    // The Corefile's own word for it is no assignment: it is the second line that has one.
    const snapshot = JSON.stringify(objects.map((it) => trimmed(it)));
    expect(found(snapshot).filter((where) => where !== "readConfigMap")).to.deep.equal([]);
    expect(snapshot).to.contain("secret=***");
  });

  it("are counted by what they were", () => {
    const counts = new HiddenCounts();
    for (const it of objects) trimmed(it, counts.hide);
    const hidden = counts.toJSON();
    expect(hidden).to.include({
      "values of Secrets": 2,
      "values of ConfigMaps": 1,
      "values of variables": 2,
      "values of headers": 2,
      "paths of forward auth": 1,
    });
    expect(hidden["passwords and tokens in texts"]).to.be.greaterThan(7);
    expect(hiddenSentence({ "values of Secrets": 2, "values of variables": 1 })).to.equal(
      "3 values were hidden: 2 values of Secrets, 1 values of variables",
    );
    expect(hiddenSentence({})).to.equal("No value was hidden");
  });

  it("are in no log", async () => {
    const log = () => Promise.resolve(`connecting\npassword=${planted.log}\n`);
    const seen = { seen: objects.filter(({ kind }) => kind === "Pod") };
    const counts = new HiddenCounts();
    const snapshot = {
      kind: "KasmVdiSnapshot",
      schemaVersion: 1,
      takenAt: "2026-01-01T00:01:00Z",
      objects: { Pod: seen },
      logs: [],
      probes: [],
    } as const;
    const logs = await collectLogs({ log } as unknown as ClusterClient, snapshot, counts.hide);
    expect(logs.length).to.be.greaterThan(0);
    expect(found(JSON.stringify(logs))).to.deep.equal([]);
    expect(counts.toJSON()).to.deep.equal({ "passwords and tokens in logs": logs.length });
  });

  for (const format of Object.keys(renderers))
    it(`are in no report as ${format}, made from files that kubectl wrote`, () => {
      const folder = mkdtempSync(join(tmpdir(), "kasm-vdi-secrets-"));
      try {
        const items = objects.filter(({ metadata }) => metadata?.name !== "coredns");
        writeFileSync(join(folder, "all.json"), JSON.stringify({ apiVersion: "v1", kind: "List", items }));
        writeFileSync(join(folder, "log.txt"), `password=${planted.fileLog}\n`);
        const cluster = new Cluster(readSnapshot(folder));
        const report = reportOn(cluster, analyzers);
        expect(report.roots.length).to.be.greaterThan(0);
        const text = renderers[format]!(report, { color: false, width: 80 }, cluster);
        expect(found(text + JSON.stringify(cluster.snapshot))).to.deep.equal([]);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
});
