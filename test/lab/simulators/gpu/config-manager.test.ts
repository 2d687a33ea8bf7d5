import { expect } from "chai";
import { planOperand, selectConfig } from "../../../../lab/simulators/gpu/config-manager.ts";
import type { LoadedConfig, OperandInput } from "../../../../lab/simulators/gpu/config-manager.ts";

const shared = (replicas: number) =>
  `sharing: { timeSlicing: { resources: [{ name: nvidia.com/gpu, replicas: ${replicas} }] } }`;

const data = { eight: shared(8), four: shared(4), broken: shared(1) };
const pod: OperandInput = {
  source: { configMap: "time-slicing", defaultKey: "eight" },
  data,
  label: "",
  container: "nvidia-device-plugin",
  isToolkitReady: true,
  loaded: undefined,
};
const running: LoadedConfig = { label: "", key: "eight", text: data.eight };

describe("config-manager (facts gpu 3)", () => {
  it("takes the default for a node without a label", () => {
    expect(planOperand(pod)).to.deep.equal({ loaded: running, fault: undefined });
  });

  it("takes the node's label before the default (2.3)", () => {
    expect(planOperand({ ...pod, label: "four" }).loaded?.key).to.equal("four");
  });

  it("falls back to the empty config without label and default: silently 1x (3.7)", () => {
    const state = planOperand({ ...pod, source: { configMap: "time-slicing", defaultKey: "" } });
    expect(state).to.deep.equal({ loaded: { label: "", key: "", text: "" }, fault: undefined });
  });

  it("does not pick the only config of a ConfigMap by itself, as the standalone plugin would (3.7)", () => {
    expect(selectConfig(["only"], "", "")).to.deep.equal({ key: "" });
  });

  it("crashes in its init container for a default that is no key, and does not name it (5, row 4)", () => {
    const state = planOperand({ ...pod, source: { configMap: "time-slicing", defaultKey: "egiht" } });
    expect(state).to.deep.equal({
      loaded: undefined,
      fault: "init-crash:1",
      reason: "specified config  does not exist",
    });
  });

  it("crashes in its init container for a label that is no key (2.3)", () => {
    const state = planOperand({ ...pod, label: "nine" });
    expect(state).to.include({ fault: "init-crash:1", reason: "specified config nine does not exist" });
  });

  it("waits in Init with FailedMount when the ConfigMap is not in the operator's namespace (5, row 3)", () => {
    const state = planOperand({ ...pod, data: undefined });
    expect(state.fault).to.equal("hold");
    expect(state.reason).to.equal(
      'MountVolume.SetUp failed for volume "time-slicing" : configmap "time-slicing" not found',
    );
  });

  it("crashes for a ConfigMap without any key", () => {
    expect(planOperand({ ...pod, data: {} }).reason).to.equal("no configuration files available");
  });

  it("lets the plugin exit on a config that it refuses (2.2)", () => {
    const state = planOperand({ ...pod, label: "broken" });
    expect(state).to.deep.include({ loaded: undefined, fault: "crash-loop:nvidia-device-plugin" });
  });

  it("heals a crashing plugin when the config is mended, because its next start reads the file anew", () => {
    const crashed = planOperand({ ...pod, label: "broken" });
    const mended = planOperand({ ...pod, label: "broken", data: { broken: shared(2) }, loaded: crashed.loaded });
    expect(mended.fault).to.equal(undefined);
  });

  it("ignores an edit of the ConfigMap while it runs (3.2)", () => {
    const state = planOperand({ ...pod, data: { eight: shared(16) }, loaded: running });
    expect(state).to.deep.equal({ loaded: running, fault: undefined });
  });

  it("reads the edited ConfigMap when the pod is new (3.4)", () => {
    expect(planOperand({ ...pod, data: { eight: shared(16) } }).loaded?.text).to.equal(shared(16));
  });

  it("reloads without a restart when the node's label changes to another key (3.1)", () => {
    const state = planOperand({ ...pod, label: "four", loaded: running });
    expect(state).to.deep.equal({ loaded: { label: "four", key: "four", text: data.four }, fault: undefined });
  });

  it("skips the update when a new label selects the same key, even when its content is new (3.2)", () => {
    const state = planOperand({ ...pod, label: "eight", data: { eight: shared(16) }, loaded: running });
    expect(state.loaded).to.deep.equal({ ...running, label: "eight" });
  });

  it("crashes the sidecar and leaves the plugin alone when the label changes to a key that does not exist (2.3)", () => {
    const state = planOperand({ ...pod, label: "nine", loaded: running });
    expect(state).to.deep.include({ loaded: running, fault: "crash-loop:config-manager" });
  });

  it("goes on when the ConfigMap is deleted under a running pod", () => {
    expect(planOperand({ ...pod, data: undefined, loaded: running }).fault).to.equal(undefined);
  });

  it("has no config-manager when ClusterPolicy names no ConfigMap: labels mean nothing then (1.4)", () => {
    const state = planOperand({ ...pod, source: undefined, label: "four" });
    expect(state).to.deep.equal({ loaded: { label: "", key: "", text: "" }, fault: undefined });
  });

  it("waits for the container toolkit in its first init container", () => {
    expect(planOperand({ ...pod, isToolkitReady: false }).fault).to.equal("init-stuck:0");
  });
});
