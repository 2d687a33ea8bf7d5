import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { endpoints } from "./endpoints.ts";

const config = new pulumi.Config();
const platform = new pulumi.StackReference(config.require("platform"));

// The cluster that runs external-dns; it may be another one than the platform's.
const provider = new k8s.Provider("dns-cluster", {});

/** external-dns, started with `--source=crd`, turns this one object into records at the DNS provider. */
const object = new k8s.apiextensions.CustomResource(
  "records",
  {
    apiVersion: "externaldns.k8s.io/v1alpha1",
    kind: "DNSEndpoint",
    metadata: { name: "kasm-vdi", namespace: config.require("namespace") },
    spec: { endpoints: platform.requireOutput("dns").apply(endpoints) },
  },
  { provider },
);

export const records = object.metadata.name;
