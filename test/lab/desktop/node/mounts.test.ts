import { expect } from "chai";
import { mountsFile, mountsOf } from "../../../../lab/desktop/node/mounts.ts";
import type { Volume } from "../../../../lab/desktop/node/pod-spec.ts";

const volumes: Volume[] = [
  { name: "shm", emptyDir: { medium: "Memory", sizeLimit: "512Mi" } },
  { name: "home", persistentVolumeClaim: { claimName: "home-alice" } },
  { name: "rtc-secret", secret: { secretName: "alice" } },
  { name: "rtc", emptyDir: {} },
];
const folders = { pod: "/lab/pods/u", claims: new Map([["home-alice", "/lab/volumes/pvc-1"]]) };
const container = (...volumeMounts: { name: string; mountPath: string; readOnly?: boolean }[]) => ({
  ...{ name: "desktop", image: "desktop:1", volumeMounts },
});

describe("the mounts of a container", () => {
  it("are memory where the pod asks for it, the home's own folder, and Secrets that nobody writes", () => {
    const mounts = mountsOf(
      container(
        { name: "shm", mountPath: "/dev/shm" },
        { name: "home", mountPath: "/home/ubuntu" },
        { name: "rtc-secret", mountPath: "/etc/vdi/rtc-secret" },
        { name: "rtc", mountPath: "/etc/vdi/rtc", readOnly: true },
      ),
      volumes,
      folders,
    );
    expect(mountsFile(mounts).split("\n")).to.deep.equal([
      "tmpfs\tsize=536870912\t/dev/shm",
      "bind\t/lab/volumes/pvc-1\t/home/ubuntu",
      "read-only\t/lab/pods/u/volumes/rtc-secret\t/etc/vdi/rtc-secret",
      "read-only\t/lab/pods/u/volumes/rtc\t/etc/vdi/rtc",
      "",
    ]);
  });

  it("wait for a claim that is not bound", () => {
    const mount = container({ name: "home", mountPath: "/home/ubuntu" });
    expect(() => mountsOf(mount, volumes, { ...folders, claims: new Map() })).to.throw("not bound");
  });

  it("cannot smuggle in another mount by a path", () => {
    const evil = [{ kind: "bind", source: "/lab", place: "/a\nbind\t/\t/b" }] as const;
    expect(() => mountsFile(evil)).to.throw("cannot be mounted");
  });
});
