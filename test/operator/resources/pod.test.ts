import { expect } from "chai";
import fc from "fast-check";
import type { VDITemplate } from "../../../operator/api/objects.ts";
import { desktopPod, desktopResources, podHash } from "../../../operator/resources/pod.ts";
import type { DesktopPodArgs } from "../../../operator/resources/pod.ts";
import { template } from "../status/views.ts";

interface Container {
  name: string;
  image: string;
  command?: string[];
  restartPolicy?: string;
  env?: { name: string; value?: string; valueFrom?: { secretKeyRef: { name: string; key: string } } }[];
  ports?: { containerPort: number }[];
  resources: { requests: Record<string, string>; limits: Record<string, string> };
  startupProbe?: {
    tcpSocket?: object;
    httpGet?: { path: string; scheme: string };
    periodSeconds: number;
    failureThreshold: number;
  };
  securityContext: { allowPrivilegeEscalation: boolean; privileged?: boolean; capabilities?: { drop: string[] } };
  volumeMounts: { name: string; mountPath: string; readOnly?: boolean }[];
}

interface PodSpec {
  automountServiceAccountToken: boolean;
  hostNetwork?: boolean;
  runtimeClassName?: string;
  securityContext: { runAsUser?: number; runAsNonRoot?: boolean; fsGroup: number; seccompProfile: object };
  tolerations: { key: string; effect: string; tolerationSeconds?: number }[];
  containers: [Container];
  initContainers?: Container[];
  volumes: { name: string; emptyDir?: object; secret?: object; persistentVolumeClaim?: object; hostPath?: object }[];
}

function args(changes: Partial<DesktopPodArgs> = {}): DesktopPodArgs {
  const of = changes.template ?? template();
  return {
    ...{ name: "alice-x", secretName: "alice-secret" },
    namespace: "kasm-vdi",
    owner: { apiVersion: "vdi.kasm.io/v1alpha1", kind: "VDISession", name: "alice", uid: "u-1", controller: true },
    labels: {},
    annotations: {},
    template: of,
    resources: desktopResources(of),
    homeClaim: "home-alice",
    settings: { pullSecret: undefined },
    turnExpires: undefined,
    ...changes,
  };
}

function specOf(changes: Partial<DesktopPodArgs> = {}): PodSpec {
  return desktopPod(args(changes))["spec"] as PodSpec;
}

const runtime = (type: VDITemplate["spec"]["runtime"]["type"], more: Partial<VDITemplate["spec"]> = {}) =>
  template({ runtime: { type, ...(type === "custom" && { port: 9000, healthPath: "/up" }) }, ...more });

const runtimes = ["selkies-v1", "selkies-v2", "linuxserver", "kasmvnc", "custom"] as const;

describe("a desktop's pod", () => {
  it("listens where the image's family does, and is probed by a path only where one answers without a password", () => {
    const seen = runtimes.map((type) => {
      const [{ ports, startupProbe }] = specOf({ template: runtime(type) }).containers;
      return [type, ports?.[0]?.containerPort, startupProbe?.httpGet?.path ?? "tcp"];
    });
    expect(seen).to.deep.equal([
      ["selkies-v1", 8080, "tcp"],
      ["selkies-v2", 8080, "/api/health"],
      ["linuxserver", 3000, "tcp"],
      ["kasmvnc", 6901, "tcp"],
      ["custom", 9000, "/up"],
    ]);
  });

  it("has as long for its start as its session before that counts as failed, and never less than two minutes", () => {
    const seconds = (progressDeadline: string) => {
      const [{ startupProbe }] = specOf({ template: template({ progressDeadline }) }).containers;
      return startupProbe!.failureThreshold * startupProbe!.periodSeconds;
    };
    expect(["10m", "1h30m", "30s", "999999h"].map(seconds)).to.deep.equal([600, 5400, 120, 86_400]);
  });

  it("is told the port that the template asks its stream on, where the image's family takes one", () => {
    const [{ env, ports }] = specOf({ template: template({ runtime: { type: "selkies-v2", port: 9000 } }) }).containers;
    expect(env).to.deep.include({ name: "SELKIES_PORT", value: "9000" });
    expect(ports?.[0]?.containerPort).to.equal(9000);
    const [own] = specOf({ template: runtime("custom") }).containers;
    expect(JSON.stringify(own.env)).not.to.contain("9000");
  });

  it("takes its password from its Secret, and from nowhere else", () => {
    for (const type of runtimes.filter((it) => it !== "custom")) {
      const secrets = specOf({ template: runtime(type) }).containers[0].env?.filter(({ valueFrom }) => valueFrom) ?? [];
      expect(secrets.map(({ valueFrom }) => valueFrom?.secretKeyRef.key)).to.include("password");
      expect(new Set(secrets.map(({ valueFrom }) => valueFrom?.secretKeyRef.name))).to.deep.equal(
        new Set(["alice-secret"]),
      );
    }
  });

  it("listens on all addresses, where the image's family does on loopback alone unless told, once", () => {
    const env = [{ name: "SELKIES_ADDR", value: "localhost" }];
    const [{ env: set = [] }] = specOf({ template: runtime("selkies-v2", { env }) }).containers;
    expect(set.filter(({ name }) => /^SELKIES_(ADDR|PUBLIC)$/.test(name))).to.deep.equal([
      { name: "SELKIES_PUBLIC", value: "true" },
      { name: "SELKIES_ADDR", value: "" },
    ]);
  });

  it("hands nothing out by printing where files may not leave it", () => {
    const printing = (files: "Both" | "Upload" | "Download" | "None") => {
      const desktopPolicy = { clipboard: "Both", files, microphone: false } as const;
      const [{ env }] = specOf({ template: runtime("selkies-v2", { desktopPolicy }) }).containers;
      return env?.find(({ name }) => name === "SELKIES_PRINTING_ENABLED")?.value;
    };
    const directions = ["Both", "Upload", "Download", "None"] as const;
    expect(directions.map(printing)).to.deep.equal(["true|locked", "false|locked", "true|locked", "false|locked"]);
  });

  it("streams as its template says, and cannot be switched by its page", () => {
    for (const stream of ["WebSocket", "WebRTC"] as const) {
      const [{ env }] = specOf({ template: runtime("selkies-v2", { stream }) }).containers;
      expect(env).to.deep.include({ name: "SELKIES_ENABLE_DUAL_MODE", value: "false|locked" });
    }
  });

  it("lets a template set no variable by which the operator protects the stream", () => {
    const env = [
      { name: "VNC_PW", value: "known" },
      { name: "LANG", value: "C" },
    ];
    const [{ env: set }] = specOf({ template: runtime("kasmvnc", { env }) }).containers;
    expect(set?.filter(({ name }) => name === "VNC_PW")).to.have.lengthOf(1);
    expect(set).to.deep.include({ name: "LANG", value: "C" });
    expect(JSON.stringify(set)).not.to.contain("known");
  });

  it("never asks for more than one GPU slice, and asks for the template's resource", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9 }), (gpu) => {
        const of = template({ gpuResourceName: "nvidia.com/gpu.shared" });
        const { limits } = specOf({ template: of, resources: desktopResources(of, { gpu }) }).containers[0].resources;
        expect(limits["nvidia.com/gpu.shared"]).to.equal(gpu === 0 ? undefined : "1");
        expect(limits["nvidia.com/gpu"]).to.equal(undefined);
      }),
    );
  });

  it("meets the restricted level where the template says so", () => {
    const { securityContext, containers, initContainers = [] } = specOf();
    expect(securityContext).to.deep.include({
      runAsNonRoot: true,
      runAsUser: 1000,
      seccompProfile: { type: "RuntimeDefault" },
    });
    for (const container of [...containers, ...initContainers])
      expect(container.securityContext).to.deep.equal({
        allowPrivilegeEscalation: false,
        privileged: false,
        capabilities: { drop: ["ALL"] },
      });
  });

  it("lets an image start as root at the baseline level only, and never privileged", () => {
    const { securityContext, containers } = specOf({
      template: runtime("linuxserver", { securityProfile: "baseline" }),
    });
    expect(securityContext).not.to.have.any.keys("runAsUser", "runAsNonRoot");
    expect(containers[0].securityContext).to.deep.equal({
      ...{ allowPrivilegeEscalation: true, privileged: false },
      // With raw packets it could take its neighbours' streams over on the node's bridge.
      capabilities: { drop: ["NET_RAW", "MKNOD"] },
    });
  });

  it("sees no GPU without a slice, whatever its image says, and leaves them to the device plugin with one", () => {
    const visible = (gpu: number) =>
      specOf({ resources: { gpu, cpu: "1", memory: "1Gi" } }).containers[0].env!.filter(
        ({ name }: { name: string }) => name === "NVIDIA_VISIBLE_DEVICES",
      );
    expect(visible(0)).to.deep.equal([{ name: "NVIDIA_VISIBLE_DEVICES", value: "void" }]);
    expect(visible(1)).to.deep.equal([]);
  });

  it("gets no token of the API, no host's namespace and no host's path", () => {
    for (const type of runtimes) {
      const spec = specOf({ template: runtime(type) });
      expect(spec.automountServiceAccountToken).to.equal(false);
      expect(spec.hostNetwork).to.equal(undefined);
      expect(spec.volumes.some(({ hostPath }) => hostPath)).to.equal(false);
    }
  });

  it("has /dev/shm in memory, and the home where the family keeps it, checked before the desktop starts", () => {
    const { volumes, containers, initContainers } = specOf({ template: runtime("kasmvnc", { shmSize: "512Mi" }) });
    expect(volumes[0]).to.deep.equal({ name: "shm", emptyDir: { medium: "Memory", sizeLimit: "512Mi" } });
    expect(containers[0].volumeMounts).to.deep.include({ name: "home", mountPath: "/home/kasm-user" });
    expect(initContainers?.map(({ name }) => name)).to.deep.equal(["home"]);
    expect(specOf({ homeClaim: undefined }).initContainers).to.equal(undefined);
  });

  it("follows the TURN servers in its Secret by a sidecar, where it streams by WebRTC", () => {
    const {
      containers,
      initContainers = [],
      volumes,
    } = specOf({
      template: runtime("selkies-v2", { stream: "WebRTC" }),
      homeClaim: undefined,
      turnExpires: 1_800_000_000,
    });
    expect(initContainers.map(({ name, restartPolicy }) => [name, restartPolicy])).to.deep.equal([
      ["rtc-copy", undefined],
      ["rtc", "Always"],
    ]);
    expect(containers[0].env).to.deep.include({ name: "SELKIES_RTC_CONFIG_JSON", value: "/etc/vdi/rtc/rtc.json" });
    expect(volumes.map(({ name }) => name)).to.include.members(["rtc-secret", "rtc"]);
  });

  it("leaves a lost node after a minute, and goes to nodes that are kept for GPUs only with a GPU", () => {
    const keys = (gpu: number) =>
      specOf({ resources: { gpu, cpu: "1", memory: "1Gi" } }).tolerations.map(({ key, tolerationSeconds }) => [
        key,
        tolerationSeconds,
      ]);
    expect(keys(0)).to.deep.equal([
      ["node.kubernetes.io/not-ready", 60],
      ["node.kubernetes.io/unreachable", 60],
    ]);
    expect(keys(1)).to.deep.include(["nvidia.com/gpu", undefined]);
  });
});

describe("podHash", () => {
  it("is the same for two desktops of one template, whoever they belong to", () => {
    const [one, two] = [args(), args({ name: "bob-y", labels: { a: "b" } })];
    expect(podHash(one)).to.equal(podHash(two));
    expect(desktopPod(one).metadata?.annotations?.["vdi.kasm.io/pod-hash"]).to.equal(podHash(two));
  });

  it("changes with what a pod is made from", () => {
    expect(podHash(args({ template: template({ image: "other:1" }) }))).not.to.equal(podHash(args()));
    expect(podHash(args({ homeClaim: undefined }))).not.to.equal(podHash(args()));
  });
});
