import { expect } from "chai";
import { unavailableMessage } from "../../../lab/tools/unavailable.ts";

describe("the message when a tool cannot be had", () => {
  it("names the tool, what was tried in which order with each outcome, the build's end and the ways out", () => {
    const message = unavailableMessage([
      {
        tool: { name: "kube-apiserver", version: "1.35.4" },
        attempts: [
          { where: "PATH", outcome: "no kube-apiserver" },
          { where: "download", outcome: "dl.k8s.io could not be reached (ENOTFOUND)" },
          { where: "build", outcome: "the disk is full" },
        ],
        buildOutput: ["# example.test/a", "no space left on device"],
      },
    ]);
    expect(message).to.equal(`kube-apiserver 1.35.4 could not be provided. Tried, in this order:
  PATH      no kube-apiserver
  download  dl.k8s.io could not be reached (ENOTFOUND)
  build     the disk is full

The build ended with:
  # example.test/a
  no space left on device

Any one of these helps:
  - free space, or KASM_VDI_CACHE, GOCACHE and GOMODCACHE on a larger disk
  - KASM_VDI_TOOL_KUBE_APISERVER=/path/to/kube-apiserver
  - kube-apiserver 1.35.4 on PATH
  - Go 1.21 or newer on PATH, and the Go module proxy reachable (GOPROXY)
  - an internet connection (HTTPS_PROXY is honoured) for the official downloads`);
  });

  it("prints the output of a build that several tools shared only once", () => {
    const shared = { attempts: [{ where: "build", outcome: "failed" }], buildOutput: ["undefined: frobnicate"] };
    const message = unavailableMessage([
      { tool: { name: "kubectl", version: "1" }, ...shared },
      { tool: { name: "kube-scheduler", version: "1" }, ...shared },
    ]);
    expect(message.split("frobnicate")).to.have.length(2);
    expect(message).to.include("KASM_VDI_TOOL_KUBECTL=/path/to/kubectl KASM_VDI_TOOL_KUBE_SCHEDULER=");
  });
});
