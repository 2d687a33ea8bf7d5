import { expect } from "chai";
import { storageVerdict } from "../../../commands/local-path/storage-verdict.ts";
import type { AnyObject } from "../../../kube/client.ts";

// as K3s has written them since July 2021, and in v1.21.3
const setup = '#!/bin/sh\nset -eu\nmkdir -m 0777 -p "${VOL_DIR}"\nchmod 700 "${VOL_DIR}/.."\n';
const setupOfV1213 = '#!/bin/sh\nset -eu\nmkdir -m 0700 -p "${VOL_DIR}"\n';

// The other keys of K3s's ConfigMap; `full` has all four.
const rest = { "config.json": "{}", teardown: "#!/bin/sh", "helperPod.yaml": "kind: Pod" };
const full = (script: string): AnyObject => ({ data: { ...rest, setup: script } });

const k3s = { provisioner: "rancher.io/local-path", namespace: "kube-system", configMap: "local-path-config" };
const own = { provisioner: "kasm-vdi.io/local-path", namespace: "storage", configMap: "local-path-config" };

const storageClass = (provisioner: string, annotations = {}): AnyObject => ({
  metadata: { name: "local-path", annotations },
  provisioner,
});
const local = storageClass("rancher.io/local-path", { defaultVolumeType: "local" });
const hostPath = storageClass("rancher.io/local-path");

describe("the storage check", () => {
  it("finds a stock K3s writable", () => {
    expect(storageVerdict("local-path", k3s, local, full(setup))).to.deep.equal({
      report: "local-path makes directories 0777 in volumes of type local",
    });
  });

  it("takes volumes of type local for writable whatever the directory's mode, since they honour fsGroup", () => {
    expect(storageVerdict("local-path", k3s, local, full(setupOfV1213))).not.to.have.property("refusal");
  });

  it("refuses private directories in hostPath volumes, and says what to do", () => {
    expect(storageVerdict("local-path", k3s, hostPath, full(setupOfV1213)).refusal).to.match(
      /makes directories 0700 .*Permission denied.*upgrade K3s/,
    );
  });

  it("refuses a class that does not exist", () => {
    expect(storageVerdict("local-path", k3s, undefined, undefined).refusal).to.match(
      /^StorageClass local-path does not exist/,
    );
  });

  it("refuses a ConfigMap without one of its keys: provisioning hangs, or will after the provisioner's next start", () => {
    for (const key of ["config.json", "setup", "teardown", "helperPod.yaml"]) {
      const others = Object.entries(full(setup)["data"] as object).filter(([name]) => name !== key);
      expect(storageVerdict("local-path", k3s, local, { data: Object.fromEntries(others) }).refusal, key).to.match(
        new RegExp(`^ConfigMap kube-system/local-path-config has no key ${key}, .*Restart a K3s server`),
      );
    }
    expect(storageVerdict("local-path", k3s, local, { data: { setup } }).report).to.equal(
      "kube-system/local-path-config has no key config.json, teardown, helperPod.yaml",
    );
  });

  it("refuses a class whose ConfigMap is not there", () => {
    expect(storageVerdict("local-path", k3s, local, undefined).refusal).to.match(
      /^ConfigMap kube-system\/local-path-config does not exist, .*Restart a K3s server/,
    );
  });

  it("judges a class of our own by our own ConfigMap", () => {
    const ours = storageClass(own.provisioner, { defaultVolumeType: "local" });
    expect(storageVerdict("kasm-local-path", own, ours, full(setup))).to.deep.equal({
      report: "kasm-local-path makes directories 0777 in volumes of type local",
    });
    expect(storageVerdict("kasm-local-path", own, ours, undefined).refusal).to.match(
      /^ConfigMap storage\/local-path-config does not exist, so kasm-vdi.io\/local-path .*pulumi up --refresh/,
    );
  });

  it("leaves classes of other provisioners alone", () => {
    expect(storageVerdict("longhorn", k3s, storageClass("driver.longhorn.io"), undefined)).to.deep.equal({
      report: "longhorn is served by driver.longhorn.io; directory modes were not checked",
    });
  });

  it("says of a script that it does not understand that it has to be checked, and refuses nothing", () => {
    const odd = full('#!/bin/sh\nbtrfs subvolume create "$VOL_DIR"\n');
    const verdict = storageVerdict("local-path", k3s, hostPath, odd);
    expect(verdict).not.to.have.property("refusal");
    expect(verdict.report).to.match(/key setup\) was not understood: check yourself/);
    expect(storageVerdict("local-path", k3s, local, odd).report).to.equal(
      "local-path makes directories by a script that was not understood in volumes of type local",
    );
  });
});
