import { copyRtcConfig, followRtcConfig } from "./rtc-file.ts";
import { rtcConfigKey } from "./credentials.ts";
import { rtcConfigPath } from "./runtime-profiles.ts";

// What runs before and beside the desktop, in its own image: a shell is all they need.

/** Name of the init container that says in words when the home cannot be written. */
export const homeContainer = "home";

// Small enough never to decide where a pod fits: the desktop itself asks for more.
const resources = { requests: { cpu: "10m", memory: "16Mi" }, limits: { cpu: "500m", memory: "64Mi" } };

/** Ends with a sentence where the storage gives a directory that the desktop's user cannot write (K3s's local-path, once). */
export function homeCheck(home: string) {
  const probe = `${home}/.vdi-write-test`;
  const log = "/dev/termination-log";
  return {
    name: homeContainer,
    command: shell(
      `touch '${probe}' 2>${log} && rm -f '${probe}' || ` +
        `{ echo "uid $(id -u) cannot write the home volume: $(ls -ld '${home}')" >>${log}; exit 1; }`,
    ),
    resources,
    terminationMessagePolicy: "FallbackToLogsOnError",
    volumeMounts: [{ name: "home", mountPath: home }],
  };
}

const mountedRtc = "/etc/vdi/rtc-secret";
const rtcFolder = rtcConfigPath.slice(0, rtcConfigPath.lastIndexOf("/"));
const mountedRtcConfig = `${mountedRtc}/${rtcConfigKey}`;

/** Where the desktop reads its TURN servers. */
export const rtcMount = { name: "rtc", mountPath: rtcFolder, readOnly: true };

/** One that copies the Secret's file before the desktop starts, and one that follows its changes as long as it runs. */
export function rtcContainers() {
  const volumeMounts = [
    { name: "rtc-secret", mountPath: mountedRtc, readOnly: true },
    { name: "rtc", mountPath: rtcFolder },
  ];
  const follow = followRtcConfig(mountedRtcConfig, rtcConfigPath);
  return [
    { name: "rtc-copy", command: shell(copyRtcConfig(mountedRtcConfig, rtcConfigPath)), resources, volumeMounts },
    // A sidecar, Kubernetes 1.29: it ends after the desktop.
    { name: "rtc", restartPolicy: "Always", command: shell(follow), resources, volumeMounts },
  ];
}

/** @param secretName the pod's credentials */
export function rtcVolumes(secretName: string) {
  return [
    // As a folder, not by subPath: only so the kubelet brings new content into a running pod.
    { name: "rtc-secret", secret: { secretName, items: [{ key: rtcConfigKey, path: rtcConfigKey }] } },
    { name: "rtc", emptyDir: { sizeLimit: "1Mi" } },
  ];
}

function shell(script: string): string[] {
  return ["sh", "-c", script];
}
