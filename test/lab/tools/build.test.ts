import { expect } from "chai";
import { BuildProgress, nameByGo } from "../../../lab/tools/build.ts";

function after(...lines: string[]): BuildProgress {
  const progress = new BuildProgress();
  for (const line of lines) progress.add(line);
  return progress;
}

describe("the progress of a build", () => {
  it("counts fetched modules and compiled packages, and leaves out what there is none of", () => {
    expect(after().text()).to.equal("building from Go modules, 0 s");
    const progress = after("go: downloading example.test/a v1.0.0", "internal/cpu", "example.test/a-b/v2/c_d", "fmt");
    expect(progress.text()).to.equal("building from Go modules, 0 s, modules fetched: 1, packages compiled: 3");
  });

  it("keeps only messages as the output to show, at most 15", () => {
    const messages = Array.from({ length: 20 }, (_, n) => `./main.go:${n}:1: undefined: x`);
    const lastLines = after("fmt", "go: downloading a v1", ...messages).lastLines();
    expect(lastLines).to.deep.equal(messages.slice(5));
  });

  const causes: [string, string][] = [
    ["go: write /cache/x: no space left on device", "the disk is full"],
    [
      'go: Get "https://proxy.test/a/@v/v1.mod": dial tcp: lookup proxy.test: no such host',
      "the Go module proxy could not be reached",
    ],
    ["./main.go:1:1: undefined: x", "./main.go:1:1: undefined: x"],
  ];
  for (const [message, reason] of causes)
    it(`puts ${JSON.stringify(message)} as: ${reason}`, () => {
      expect(after("# example.test/a", message).reason()).to.equal(reason);
    });
});

describe("the name that Go gives to a program", () => {
  const names: [string, string][] = [
    ["k8s.io/kubernetes/cmd/kube-apiserver", "kube-apiserver"],
    ["go.etcd.io/etcd/server/v3", "server"],
    ["./pulumi-resource-kubernetes", "pulumi-resource-kubernetes"],
  ];
  for (const [path, name] of names) it(`is ${name} for ${path}`, () => expect(nameByGo(path)).to.equal(name));
});
