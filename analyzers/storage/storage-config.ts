import type { StorageClass } from "../../kube/kinds.ts";
import type { AnyObject } from "../../kube/object.ts";
import { listed, quoted } from "../../kube/sentences.ts";
import type { Analyzer } from "../analyzer.ts";
import { isDefaultClass } from "./claims.ts";
import type { Cluster } from "../cluster.ts";
import { refOf, refText } from "../finding.ts";
import type { Finding, Fix, ObjectRef } from "../finding.ts";
import { configProblem } from "./local-path.ts";
import { directoryMode } from "./setup-script.ts";
import { shutOutOf } from "./shut-out.ts";
import { restoredByStack } from "../stack-fix.ts";
import { isLocalPath } from "./volumes.ts";

/** StorageClasses, and the configuration of local-path-provisioner. */
export const storageConfig: Analyzer = {
  area: "storage",
  title: "StorageClasses and local-path are set up",
  needs: ["StorageClass"],
  analyze(cluster) {
    const classes = cluster.all("StorageClass") as readonly StorageClass[];
    const configs = cluster.all("ConfigMap").filter(({ metadata }) => metadata?.name === "local-path-config");
    return {
      checked: classes.length > 0 ? `${classes.length} of StorageClass` : undefined,
      findings: [...severalDefaults(classes), ...configs.flatMap((it) => configFinding(cluster, it, classes) ?? [])],
    };
  },
};

function severalDefaults(classes: readonly StorageClass[]): Finding[] {
  const marked = classes.filter(isDefaultClass);
  const [newest, ...others] = marked.toSorted((a, b) =>
    (b.metadata.creationTimestamp ?? "").localeCompare(a.metadata.creationTimestamp ?? ""),
  );
  if (!newest || others.length === 0) return [];
  const names = marked.map(({ metadata }) => metadata.name).sort();
  const other = others[0]?.metadata.name ?? "";
  return [
    {
      code: "SeveralDefaultStorageClasses",
      object: { kind: "StorageClass", name: newest.metadata.name },
      problem: `${marked.length} StorageClasses are the default: ${listed(names)}. Claims that name none get the newest, ${newest.metadata.name}.`,
      evidence: marked.map(({ metadata }) => ({
        object: { kind: "StorageClass", name: metadata.name },
        field: "metadata.annotations[storageclass.kubernetes.io/is-default-class]",
        value: "true",
      })),
      fix: [
        {
          text: `Take the mark off one of them. K3s marks local-path again whenever a server starts.`,
          command: `kubectl patch storageclass ${other} --patch '{"metadata":{"annotations":{"storageclass.kubernetes.io/is-default-class":"false"}}}'`,
          risk: "safe",
        },
      ],
    },
  ];
}

function configFinding(cluster: Cluster, config: AnyObject, classes: readonly StorageClass[]): Finding | undefined {
  const object = refOf({ ...config, kind: "ConfigMap" });
  const data = (config["data"] ?? {}) as Record<string, string>;
  const problem = configProblem(data);
  const isOfK3s = object.namespace === "kube-system";
  if (problem !== undefined)
    return {
      code: "LocalPathConfigInvalid",
      object,
      problem: `${refText(object)} ${problem}.`,
      evidence: [{ object, field: "data", value: Object.keys(data).sort().join(", ") }],
      fix: isOfK3s ? [restartServer] : [restoredByStack("the ConfigMap")],
    };
  return modeFinding(cluster, object, data["setup"] ?? "", classes);
}

function modeFinding(
  cluster: Cluster,
  object: ObjectRef,
  script: string,
  classes: readonly StorageClass[],
): Finding | undefined {
  const mode = directoryMode(script);
  const own = classes.filter((it) => isLocalPath(it.provisioner ?? ""));
  const strict = own.filter((it) => !honoursFsGroup(it));
  if (strict.length > 0 && mode === undefined) return scriptUnknown(object, script);
  if (mode === undefined || /[2367]$/.test(mode)) return undefined;
  const told = strict.length > 0 ? ofHostPath(strict) : ofTypeLocal(cluster, own);
  if (told === undefined) return undefined;
  return {
    code: "LocalPathModeRestrictive",
    object,
    problem: `The script setup of ${refText(object)} makes directories ${mode}, and volumes of StorageClass ${told}`,
    evidence: [{ object, field: "data.setup", value: quoted(script) }],
    fix: object.namespace === "kube-system" ? modeFixes(cluster) : [restoredByStack("the ConfigMap")],
  };
}

function ofHostPath(classes: readonly StorageClass[]): string {
  return `${listed(classes.map(nameOf))} are of type hostPath, which ignores fsGroup: containers that are not root cannot write to new volumes.`;
}

/** The kubelet opens such volumes to the group of fsGroup: nothing is wrong where all pods have one. */
function ofTypeLocal(cluster: Cluster, classes: readonly StorageClass[]): string | undefined {
  const shutOut = classes.flatMap((it) => shutOutOf(cluster, it).map((pod) => ({ ...pod, name: nameOf(it) })));
  if (shutOut.length === 0) return undefined;
  const names = listed([...new Set(shutOut.map(({ name }) => name))]);
  const who = [false, true].flatMap((hasGroup) => {
    const pods = shutOut.filter((it) => it.hasGroup === hasGroup).map(({ pod }) => pod);
    if (pods.length === 0) return [];
    const has = pods.length === 1 ? "has" : "have";
    return [`${listed(pods)} ${has} ${hasGroup ? "one, and may not write all the same" : "none"}`];
  });
  return `${names} are of type local: pods without fsGroup cannot write to new volumes unless they run as root. ${who.join("; ")}.`;
}

function nameOf({ metadata }: StorageClass): string {
  return metadata.name;
}

function scriptUnknown(object: ObjectRef, script: string): Finding {
  return {
    code: "LocalPathScriptUnknown",
    object,
    problem: `How the script setup of ${refText(object)} makes directories is not understood, so nothing can be said of their mode.`,
    evidence: [{ object, field: "data.setup", value: quoted(script) }],
    fix: [
      {
        text: "See on a node which mode a new volume's directory has: containers that are not root need 0777.",
        command: "stat --format '%a %n' /var/lib/rancher/k3s/storage/*",
        risk: "manual",
      },
    ],
  };
}

/** K3s writes its manifests anew and applies them at each start of a server (k3s: pkg/deploy/{stage,controller}.go). */
const restartServer: Fix = {
  text: "Restart a K3s server: it writes the ConfigMap anew whenever it starts. What is to differ from that needs --default-local-storage-path, local-storage.yaml.skip, or a provisioner of your own (storage.mode own).",
  command: "sudo systemctl restart k3s",
  risk: "restart",
};

function modeFixes({ snapshot }: Cluster): Fix[] {
  return [
    {
      text: `K3s v1.21.4 and later make them 0777 (this is ${snapshot.server?.version ?? "an unknown version"}), and put their own script back whenever a server starts: restart one, or upgrade.`,
      command: "sudo systemctl restart k3s",
      risk: "restart",
    },
    {
      text: "An edit of this ConfigMap acts on the next volume without a restart of the provisioner, and holds only until the next start of a K3s server. What lasts is storage.mode own.",
      risk: "manual",
    },
    { text: "Directories that exist keep their mode: chown or chmod them on the node.", risk: "manual" },
  ];
}

/** Volumes of type local honour the pod's fsGroup, those of type hostPath do not (k3s#6401). */
function honoursFsGroup({ metadata }: StorageClass): boolean {
  return metadata.annotations?.["defaultVolumeType"] === "local";
}
