import { expect } from "chai";
import { unknownValue } from "../../../policy/value.ts";
import { containerCpuLimits, containerResources } from "../../../policy/rules/container-resources.ts";
import { hardening } from "../../../policy/rules/hardening.ts";
import { hostAccess } from "../../../policy/rules/host-access.ts";
import { isMoving, pinnedImages } from "../../../policy/rules/pinned-images.ts";
import { component, configMap, deployment, faults, resource } from "./objects.ts";

const resources = { requests: { cpu: "10m", memory: "16Mi" }, limits: { cpu: "1", memory: "64Mi" } };

describe("containers-have-resources", () => {
  it("accepts a container with requests and a memory limit", () => {
    expect(faults(containerResources, deployment({ containers: [{ name: "web", resources }] }))).to.deep.equal([]);
  });

  it("names container and missing keys, init containers included", () => {
    const spec = {
      initContainers: [{ name: "wait", resources: { ...resources, limits: { cpu: "1" } } }],
      containers: [{ name: "web" }],
    };
    expect(faults(containerResources, deployment(spec))).to.deep.equal([
      "init container wait has no resources.limits.memory",
      "container web has no resources.requests.cpu, resources.requests.memory, resources.limits.memory",
    ]);
  });

  it("looks into every kind of workload", () => {
    const template = { spec: { containers: [{ name: "web" }] } };
    const workloads = [
      resource("kubernetes:core/v1:Pod", template),
      resource("kubernetes:core/v1:PodTemplate", { template }),
      ...["DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"].map((kind) =>
        resource(`kubernetes:apps/v1:${kind}`, { spec: { template } }),
      ),
      resource("kubernetes:batch/v1:Job", { spec: { template } }),
      resource("kubernetes:batch/v1:CronJob", { spec: { jobTemplate: { spec: { template } } } }),
    ];
    for (const workload of workloads) expect(faults(containerResources, workload), workload.type).to.have.length(1);
  });

  it("looks into the helper pod that the local-path provisioner makes from its ConfigMap", () => {
    const helperPod = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - name: helper-pod\n      image: busybox\n";
    expect(faults(containerResources, configMap({ "helperPod.yaml": helperPod }))[0]).to.match(/^container helper-pod/);
    expect(faults(containerResources, configMap({ "helperPod.yaml": "{" }))).to.deep.equal([]);
  });

  it("says nothing about what a preview does not know", () => {
    expect(faults(containerResources, deployment(unknownValue))).to.deep.equal([]);
    expect(
      faults(containerResources, deployment({ containers: [{ name: "web", resources: unknownValue }] })),
    ).to.deep.equal([]);
  });
});

describe("containers-have-cpu-limits", () => {
  it("wants a CPU limit, as advice", () => {
    expect(containerCpuLimits.level).to.equal("advisory");
    expect(faults(containerCpuLimits, deployment({ containers: [{ name: "web", resources }] }))).to.deep.equal([]);
    expect(faults(containerCpuLimits, deployment({ containers: [{ name: "web" }] }))).to.deep.equal([
      "container web has no resources.limits.cpu",
    ]);
  });
});

describe("images-are-pinned", () => {
  const runs = (image: string) => deployment({ containers: [{ name: "web", image }] });

  it("accepts a tag, a digest, and a registry with a port", () => {
    for (const image of ["a/b:1.2", "a/b@sha256:0123", "registry:5000/a/b:1.2", "a/b:latest@sha256:0123"])
      expect(faults(pinnedImages, runs(image)), image).to.deep.equal([]);
  });

  it("refuses no tag and tags that move", () => {
    for (const image of ["a/b", "registry:5000/a/b", "a/b:latest", "a/b:develop"])
      expect(faults(pinnedImages, runs(image)), image).to.deep.equal([`container web runs ${image}`]);
    expect(isMoving("a/b:1.19.0-rolling-daily")).to.equal(true);
  });

  it("also holds for the desktops of a template", () => {
    const template = (image: string) => resource("kubernetes:vdi.kasm.io/v1alpha1:VDITemplate", { spec: { image } });
    expect(faults(pinnedImages, template("a/desktop:1.0"))).to.deep.equal([]);
    expect(faults(pinnedImages, template("a/desktop"))).to.deep.equal(["its desktops run a/desktop"]);
  });
});

describe("pods-stay-in-their-sandbox", () => {
  const reaching = {
    hostNetwork: true,
    hostPID: true,
    hostIPC: true,
    volumes: [
      { name: "dev", hostPath: { path: "/dev" } },
      { name: "tmp", emptyDir: {} },
    ],
    containers: [{ name: "web", securityContext: { privileged: true }, ports: [{ containerPort: 80, hostPort: 80 }] }],
  };

  it("accepts a pod that stays in", () => {
    const spec = {
      hostNetwork: false,
      volumes: [{ name: "tmp", emptyDir: {} }],
      containers: [{ name: "web", ports: [{ containerPort: 80 }] }],
    };
    expect(faults(hostAccess, deployment(spec))).to.deep.equal([]);
  });

  it("names every way into the node", () => {
    expect(faults(hostAccess, deployment(reaching))).to.deep.equal([
      "the pod sets hostNetwork",
      "the pod sets hostPID",
      "the pod sets hostIPC",
      "volume dev is a hostPath",
      "container web is privileged",
      "container web takes a port of the node (hostPort)",
    ]);
  });

  it("lets the TURN server use the node's network, and nothing more", () => {
    const turn = deployment(reaching, { parent: component("kasm:turn:TurnServer") });
    expect(faults(hostAccess, turn)).to.deep.equal([
      "the pod sets hostPID",
      "the pod sets hostIPC",
      "volume dev is a hostPath",
      "container web is privileged",
    ]);
  });

  it("knows the component also from the engine's URN, which holds the types of all parents", () => {
    const parent = "urn:pulumi:prod::kasm-vdi::some:index:Group$kasm:turn:TurnServer::turn";
    expect(faults(hostAccess, deployment({ hostNetwork: true, containers: [] }, { parent }))).to.deep.equal([]);
  });
});

describe("containers-are-hardened", () => {
  const hard = { runAsNonRoot: true, readOnlyRootFilesystem: true, allowPrivilegeEscalation: false };

  it("accepts a hardened container, with the user said once for the pod", () => {
    const { runAsNonRoot, ...rest } = hard;
    expect(faults(hardening, deployment({ containers: [{ name: "web", securityContext: hard }] }))).to.deep.equal([]);
    const spec = { securityContext: { runAsNonRoot }, containers: [{ name: "web", securityContext: rest }] };
    expect(faults(hardening, deployment(spec))).to.deep.equal([]);
  });

  it("advises what is missing", () => {
    expect(hardening.level).to.equal("advisory");
    expect(faults(hardening, deployment({ containers: [{ name: "web" }] }))).to.deep.equal([
      "container web lacks runAsNonRoot: true, readOnlyRootFilesystem: true, allowPrivilegeEscalation: false",
    ]);
  });
});
