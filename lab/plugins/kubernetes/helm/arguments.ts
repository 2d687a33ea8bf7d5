import type { Release } from "./inputs.ts";

const defaultTimeoutSeconds = 300;

/** Arguments of `helm install` without chart and values; values come by standard input, never by an argument. */
export function installArguments(release: Release): string[] {
  return [
    "install",
    release.name,
    ...common(release),
    ...flag("--create-namespace", release.createNamespace),
    ...flag("--skip-crds", release.skipCrds),
    ...flag("--replace", release.replace),
    ...flag("--dependency-update", release.dependencyUpdate),
  ];
}

/** Arguments of `helm upgrade`. Without --reset-values helm keeps all old values when the new ones are empty. */
export function upgradeArguments(release: Release): string[] {
  return [
    "upgrade",
    release.name,
    ...common(release),
    "--history-max",
    String(release.maxHistory ?? 0),
    ...flag("--force", release.forceUpdate),
    ...flag("--cleanup-on-fail", release.cleanupOnFail),
    ...flag("--recreate-pods", release.recreatePods),
    ...(release.reuseValues && !release.resetValues ? ["--reuse-values"] : ["--reset-values"]),
    ...flag("--dependency-update", release.dependencyUpdate),
  ];
}

export function uninstallArguments(release: Release): string[] {
  const waits = release.atomic || !release.skipAwait;
  return [
    "uninstall",
    release.name,
    "--namespace",
    release.namespace,
    "--ignore-not-found",
    ...flag("--no-hooks", release.disableWebhooks),
    ...(waits ? ["--wait", "--timeout", timeout(release)] : []),
  ];
}

export function rollbackArguments(release: Release, revision: number): string[] {
  return [
    "rollback",
    release.name,
    String(revision),
    "--namespace",
    release.namespace,
    "--no-hooks",
    "--history-max",
    "0",
  ];
}

function common(release: Release): string[] {
  const waits = !release.skipAwait;
  return [
    "--namespace",
    release.namespace,
    "--timeout",
    timeout(release),
    "--values",
    "-",
    ...flag("--wait", waits),
    ...flag("--wait-for-jobs", waits && release.waitForJobs),
    ...flag("--atomic", release.atomic),
    ...flag("--no-hooks", release.disableWebhooks),
    ...flag("--disable-openapi-validation", release.disableOpenapiValidation),
    ...flag("--render-subchart-notes", release.renderSubchartNotes),
    ...option("--description", release.description),
    ...option("--post-renderer", release.postrender),
  ];
}

function timeout(release: Release): string {
  return `${release.timeout || defaultTimeoutSeconds}s`;
}

function flag(name: string, isSet: boolean): string[] {
  return isSet ? [name] : [];
}

function option(name: string, value: string): string[] {
  return value === "" ? [] : [name, value];
}
