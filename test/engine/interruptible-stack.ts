import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { stringify } from "yaml";
import { checkout } from "./lab-stack.ts";
import { ScratchStack } from "./scratch-stack.ts";

/** Name of its namespace and of everything in it. */
export const name = "interrupted";

/**
 * A stack with one of each kind of thing that an `up` can be killed at: a namespace, a Secret, a Deployment that the plugin
 * waits for, a release and its gate, made as the program makes them. TEXT is a value of the chart.
 */
export async function interruptibleStack(): Promise<ScratchStack> {
  const stack = await ScratchStack.make(program());
  const folder = join(stack.folder, "program");
  stack.linkScripts();
  writeChart(join(folder, "chart"));
  return stack;
}

function program(): string {
  const component = (file: string) => JSON.stringify(pathToFileURL(join(checkout, "components", file)).href);
  return `
import * as k8s from "@pulumi/kubernetes";
import { fieldManager } from ${component("objects/field-manager.ts")};
import { interruptedReleases } from ${component("helm/interrupted-releases.ts")};
import { chartRelease } from ${component("helm/release.ts")};
import { gateAfter } from ${component("gates/rollout.ts")};

const provider = new k8s.Provider("cluster", { clusterIdentifier: "test", upsertExistingObjects: true });
const transformations = [fieldManager("pulumi-${name}")];
const namespace = new k8s.core.v1.Namespace("namespace", { metadata: { name: "${name}", labels: { app: "${name}" } } }, { provider, transformations });
const metadata = { name: "${name}", namespace: "${name}" };
const text = process.env.TEXT ?? "first";
const secret = new k8s.core.v1.Secret("secret", { metadata, stringData: { password: "swordfish" } }, { provider, transformations, dependsOn: namespace });
const labels = { app: "${name}" };
const deployment = new k8s.apps.v1.Deployment("deployment", {
  metadata,
  spec: {
    selector: { matchLabels: labels },
    template: { metadata: { labels, annotations: { text } }, spec: { containers: [{ name: "it", image: "example.com/it:1" }] } },
  },
}, { provider, transformations, dependsOn: secret });
const cluster = {};
const release = { release: "${name}", namespace: "${name}", timeoutSeconds: 60 };
const whenFree = interruptedReleases(cluster, [release]);
const chart = { chart: "./chart", version: "1.0.0" };
const installed = chartRelease("release", { ...release, chart, values: { text }, cluster, whenFree }, { provider, dependsOn: deployment });
gateAfter("gate", installed, { run: "rollout", cluster, input: release }, {});
`;
}

/** What holds data is in it in every way in which a chart can have it. */
function writeChart(folder: string): void {
  mkdirSync(join(folder, "templates"), { recursive: true });
  const metadata = { name: "{{ .Release.Name }}-chart" };
  const claim = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } };
  const labels = { app: "chart" };
  const objects = {
    "config.yaml": { apiVersion: "v1", kind: "ConfigMap", metadata, data: { text: "{{ .Values.text }}" } },
    "secret.yaml": { apiVersion: "v1", kind: "Secret", metadata, stringData: { key: "of the chart" } },
    "claim.yaml": { apiVersion: "v1", kind: "PersistentVolumeClaim", metadata, spec: claim },
    "database.yaml": {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata,
      spec: {
        selector: { matchLabels: labels },
        serviceName: "chart",
        persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete", whenScaled: "Retain" },
        template: { metadata: { labels }, spec: { containers: [{ name: "it", image: "example.com/it:1" }] } },
        volumeClaimTemplates: [{ metadata: { name: "data" }, spec: claim }],
      },
    },
  };
  writeFileSync(join(folder, "Chart.yaml"), stringify({ apiVersion: "v2", name: "chart", version: "1.0.0" }));
  for (const [file, object] of Object.entries(objects))
    writeFileSync(join(folder, "templates", file), stringify(object));
}
