import { expect } from "chai";
import { candidates, limitFiles } from "../../../../lab/desktop/node/cpu-groups.ts";

describe("control groups with a limit of CPU", () => {
  it("are made above this process's own group first, where all controllers are in one tree", () => {
    const mounts = "proc /proc proc rw 0 0\ncgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0\n";
    expect(candidates(mounts, "0::/user.slice/app.slice/terminal.scope\n")).to.deep.equal([
      { version: 2, folder: "/sys/fs/cgroup/user.slice/app.slice" },
      { version: 2, folder: "/sys/fs/cgroup/user.slice/app.slice/terminal.scope" },
    ]);
  });

  it("are made in the tree of the CPU, where each controller has its own", () => {
    const mounts =
      "cgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0\ncgroup /sys/fs/cgroup/cpu cgroup rw,relatime,cpu,cpuacct 0 0\n";
    expect(candidates(mounts, "4:memory:/a\n1:cpu,cpuacct:/b\n")).to.deep.equal([
      { version: 1, folder: "/sys/fs/cgroup/cpu/b" },
    ]);
  });

  it("say the same in both versions, and never less than the kernel takes", () => {
    expect(limitFiles(2, 0.5)).to.deep.equal({ "cpu.max": "50000 100000" });
    expect(limitFiles(1, 2)).to.deep.equal({ "cpu.cfs_period_us": "100000", "cpu.cfs_quota_us": "200000" });
    expect(limitFiles(2, 0.001)).to.deep.equal({ "cpu.max": "1000 100000" });
  });
});
