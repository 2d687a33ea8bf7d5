import type { Code } from "../catalog.ts";
import type { Fix } from "../finding.ts";

/** What is known of an error, in the order in which texts are tried. */
export interface KnownError {
  readonly code: Code;
  readonly words: RegExp;
  readonly fix: (run: { readonly stack: string; readonly named: string | undefined }) => readonly Fix[];
}

/** Brings state, cluster and Helm's records back into step. */
export function recover(stack: string): Fix {
  return {
    text: "See what was left behind, and have it cleared away: nothing is changed before a yes. Then run `pulumi up` again.",
    command: `npm run recover ${stack}`,
    risk: "manual",
  };
}

const manual = (text: string, command?: string): Fix[] => [
  { text, ...(command !== undefined && { command }), risk: "manual" },
];

// Texts of Helm 3 and 4, the engine and its Kubernetes plugin, and the API server.
export const knownErrors: readonly KnownError[] = [
  {
    code: "ReleasePending",
    words: /another operation \(install\/upgrade\/rollback\) is in progress|cannot re-use a name that is still in use/,
    fix: ({ stack }) => [recover(stack)],
  },
  {
    code: "StackLocked",
    words: /stack is currently locked|stack is locked|Conflict: Another update is currently in progress/i,
    fix: ({ stack }) => [
      ...manual("See that no other run works on the stack: its lock names machine, user and time."),
      recover(stack),
    ],
  },
  {
    code: "FieldConflict",
    words: /field conflict detected|Apply failed with \d+ conflict/i,
    fix: ({ stack }) => [
      recover(stack),
      ...manual("Where no run was interrupted: see who writes these fields, and take them out of one side."),
    ],
  },
  {
    code: "ImmutableField",
    words: /field is immutable|updates to statefulset spec for fields other than/i,
    fix: () =>
      manual(
        "Delete the named object, then run again: it is made anew. Of a StatefulSet keep the pods with --cascade=orphan; a claim's data goes with the claim.",
      ),
  },
  {
    code: "ObjectExists",
    words: /\balready exists\b|cannot be imported into the current release/i,
    fix: ({ stack }) => [
      recover(stack),
      ...manual("Where no run was interrupted: import the object into the stack, or delete it if nobody needs it."),
    ],
  },
  {
    code: "KindUnknown",
    words: /no matches for kind "([^"]{1,80})"/,
    fix: ({ named }) => manual(`Install the CRD that brings kind ${named ?? ""}, then run again.`),
  },
  {
    code: "StackSecretsLocked",
    words: /incorrect passphrase|passphrase must be set|PULUMI_CONFIG_PASSPHRASE/,
    fix: () => manual("Set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE, to the stack's passphrase."),
  },
  {
    code: "PluginMissing",
    words: /no resource plugin '?(?:pulumi-resource-)?([\w-]{1,60})|could not (?:load|find) plugin/i,
    fix: ({ named }) =>
      manual(
        "Install it; docs/plugins.md says how to do it without the internet.",
        `pulumi plugin install resource ${named ?? "NAME"}`,
      ),
  },
  {
    code: "RunForbidden",
    words: /is forbidden: User "([^"]{1,200})" cannot/,
    fix: ({ named }) =>
      manual(`Grant ${named ?? "the user"} the verb and resource that the error names.`, "kubectl auth can-i --list"),
  },
  {
    code: "ChartNotFetched",
    words:
      /failed to (?:download|fetch)|not a valid chart repository|chart "[^"]{1,100}" (?:matching|version)|repo \S{1,100} not found/i,
    fix: () =>
      manual("Check address and version of the chart, and the way there; docs/charts.md tells of mirrors and files."),
  },
  {
    code: "ClusterUnreachable",
    words:
      /cluster (?:is )?unreachable|connection refused|no such host|i\/o timeout|unable to load schema information from the API server/i,
    fix: () => manual("Check the stack's kubeconfig, and that its API server answers.", "kubectl cluster-info"),
  },
  {
    code: "ReleaseFailed",
    words:
      /timed out waiting for the condition|context deadline exceeded|has no deployed releases|(?:INSTALLATION|UPGRADE) FAILED|Helm Release \S{1,100} failed/,
    fix: () =>
      manual(
        "Pods of the release were not ready in time: see which and why, mend that, then run again.",
        "kasm-vdi diagnose",
      ),
  },
];
