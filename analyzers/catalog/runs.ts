import type { CodeEntry } from "../catalog.ts";

const byHand = ["pulumi stack --stack STACK", "npm run recover STACK"];

function run(it: Omit<CodeEntry, "area" | "level" | "byHand"> & Partial<CodeEntry>): CodeEntry {
  return { area: "releases", level: "failure", byHand, ...it };
}

/** What logs of `pulumi up` and `helm` say. */
export const runs = {
  RunInterrupted: run({
    title: "A run of Pulumi was interrupted",
    symptom: "The log ends in the middle, or the next run warns of pending operations from a previous deployment.",
    cause: "The engine was killed, or lost its machine or its network. What it was working on is in an unknown state.",
    fix: "Run `npm run recover STACK`: it shows what is left, and clears it away after a yes. Then run `pulumi up` again.",
  }),
  OperationsPending: run({
    level: "warning",
    title: "Operations of an interrupted run are still in the state",
    symptom: "pulumi up warns of pending operations, and works.",
    cause:
      "An earlier run was interrupted. The engine keeps its open operations in the state until somebody settles them.",
    fix: "Run `npm run recover STACK`.",
  }),
  StackLocked: run({
    title: "The stack is locked",
    symptom: "pulumi says that the stack is currently locked.",
    cause: "Another run works on the stack, or one was killed and has left its lock.",
    fix: "See that no other run is going on, then run `npm run recover STACK` or `pulumi cancel`.",
  }),
  FieldConflict: run({
    title: "An object's fields belong to another manager",
    symptom: "pulumi says `Server-Side Apply field conflict detected`.",
    cause:
      "The fields were written by somebody else, or by an earlier run that was killed before it could note down the object.",
    fix: "After an interrupted run, run `npm run recover STACK`. Else decide who owns the fields, and take them out of one side.",
    byHand: ["kubectl get KIND NAME --show-managed-fields --output yaml", ...byHand],
  }),
  ObjectExists: run({
    title: "An object exists already, and is not in the state",
    symptom: "pulumi or Helm says `already exists` or `cannot be imported into the current release`.",
    cause: "An interrupted run has made it, or somebody else has.",
    fix: "After an interrupted run, run `npm run recover STACK`. Else import the object, or delete it if nobody needs it.",
    byHand: ["kubectl get KIND NAME --output yaml", ...byHand],
  }),
  ImmutableField: run({
    title: "A field cannot be changed",
    symptom: "The API server says `field is immutable`, or forbids updates to a StatefulSet's spec.",
    cause: "Jobs, StatefulSets and claims fix some of their fields at their creation.",
    fix: "Delete the object and have it made anew. A StatefulSet can go without its pods: `kubectl delete --cascade=orphan`.",
    byHand: ["kubectl get KIND NAME --output yaml"],
  }),
  KindUnknown: run({
    title: "The cluster does not know a kind",
    symptom: "pulumi or Helm says `no matches for kind`.",
    cause: "The CRD that brings the kind is not installed, or has another version.",
    fix: "Install what brings the CRD, then run again.",
    byHand: ["kubectl api-resources"],
  }),
  RunForbidden: run({
    title: "Whoever runs it may not do this",
    symptom: "pulumi or Helm says `is forbidden: User ... cannot ...`.",
    cause: "The user of the kubeconfig lacks a right.",
    fix: "Grant the named verb on the named resource, or use a kubeconfig with more rights.",
    byHand: ["kubectl auth whoami", "kubectl auth can-i --list"],
  }),
  ClusterUnreachable: run({
    title: "The cluster does not answer",
    symptom: "pulumi or Helm says `cluster is unreachable`, `connection refused` or `no such host`.",
    cause: "The kubeconfig names another address, the API server is down, or nothing leads there.",
    fix: "Check the stack's kubeconfig and the way to the API server.",
    byHand: ["kubectl cluster-info", "pulumi config get kasm-vdi:kubeconfig --stack STACK"],
  }),
  StackSecretsLocked: run({
    title: "The stack's secrets cannot be decrypted",
    symptom: "pulumi says `incorrect passphrase` or asks for PULUMI_CONFIG_PASSPHRASE.",
    cause: "The passphrase is not set, or is that of another stack.",
    fix: "Set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE, then run again.",
    byHand: ["pulumi config --stack STACK"],
  }),
  PluginMissing: run({
    title: "A plugin of Pulumi is missing",
    symptom: "pulumi says `no resource plugin ... found`.",
    cause: "The plugin is not installed, and could not be downloaded.",
    fix: "Install it with `pulumi plugin install`; docs/plugins.md says how to do it without the internet.",
    byHand: ["pulumi plugin ls"],
  }),
  PluginOutdated: run({
    level: "warning",
    title: "A plugin of Pulumi is older than the program expects",
    symptom: "pulumi warns: `resource plugin ... is expected to have version ...`.",
    cause: "An older plugin is first on the PATH, or was put in the place of the right one.",
    fix: "Install the expected version.",
    byHand: ["pulumi plugin ls"],
  }),
  ChartNotFetched: run({
    title: "A Helm chart cannot be fetched",
    symptom:
      "Helm says `failed to download`, `failed to fetch`, `not a valid chart repository` or `chart ... not found`.",
    cause: "The chart's repository does not answer, wants a sign-in, or does not have this version.",
    fix: "Check address and version of the chart; docs/charts.md says how to use a mirror or a file.",
    byHand: ["helm show chart CHART --repo URL --version VERSION"],
  }),
  RunFailed: run({
    title: "A run of Pulumi or Helm has failed",
    symptom: "The run ends with an error that is not one of the known ones.",
    cause: "The error says it.",
    fix: "Mend what the error names, then run again. `kasm-vdi diagnose` on the cluster tells what does not run.",
    byHand: ["kasm-vdi diagnose", ...byHand],
  }),
} satisfies Record<string, CodeEntry>;
