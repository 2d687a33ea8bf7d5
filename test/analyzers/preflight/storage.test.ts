import { storageChecks } from "../../../analyzers/preflight/storage.ts";
import { cases, coreDns, pod, storageClass } from "./cluster.ts";

const mark =
  "Mark exactly one: kubectl annotate --overwrite storageclass NAME storageclass.kubernetes.io/is-default-class=true";
const provisionerFix =
  "See why: kubectl -n kube-system describe pod -l app=local-path-provisioner. " +
  "A K3s with --disable=local-storage has none: set kasm-vdi:storage.mode to own";
const labels = { app: "local-path-provisioner" };

describe("preflight's checks of storage", () => {
  cases(storageChecks, [
    {
      title: "ask for the class of the config, and name those that are there",
      expected: { storage: { className: "fast", isOurs: false } },
      finds: [
        "required~ StorageClass fast: it does not exist; there is local-path. " +
          "Set kasm-vdi:storage.className to one that exists, or kasm-vdi:storage.mode to own",
      ],
    },
    {
      title: "do not ask for a class that the program makes",
      expected: { storage: { className: "fast", isOurs: true } },
      finds: [],
    },
    {
      title: "tell of no default class",
      seen: { storageClasses: [storageClass("local-path", false)] },
      finds: [`recommended StorageClasses: none is the default. ${mark}`],
    },
    {
      title: "tell of several default classes",
      seen: {
        storageClasses: [storageClass("local-path", true), storageClass("longhorn", true, "driver.longhorn.io")],
      },
      finds: [`recommended StorageClasses: local-path and longhorn are all the default. ${mark}`],
    },
    {
      title: "ask for a provisioner",
      seen: { pods: [coreDns] },
      finds: [`required~ local-path-provisioner: no pod of it runs in kube-system. ${provisionerFix}`],
    },
    {
      title: "ask for one that is Ready and not on its way out",
      seen: {
        pods: [
          pod("starting", labels, { status: { conditions: [{ type: "Ready", status: "False" }] } }),
          pod("going", labels, {
            metadata: { namespace: "kube-system", name: "going", labels, deletionTimestamp: "2026-11-23T12:00:00Z" },
          }),
        ],
      },
      finds: [`required~ local-path-provisioner: its pod is not Ready. ${provisionerFix}`],
    },
    {
      title: "ask for none when another provisioner serves the class",
      expected: { storage: { className: "longhorn", isOurs: false } },
      seen: { storageClasses: [storageClass("longhorn", true, "driver.longhorn.io")], pods: [] },
      finds: [],
    },
  ]);
});
