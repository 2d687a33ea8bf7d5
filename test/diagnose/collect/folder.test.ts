import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { readSnapshot } from "../../../diagnose/collect/folder.ts";

const runText = [
  "\u001b[1mUpdating (prod):\u001b[0m",
  " +  kubernetes:core/v1:Secret a creating",
  "@ updating....",
].join("\n");
const pod = { kind: "Pod", apiVersion: "v1", metadata: { name: "api", namespace: "kasm" } };
const status = { containerStatuses: [{ name: "app", ready: false, restartCount: 1 }] };

describe("what --from reads", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "kasm-vdi-from-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function written(name: string, text: string): string {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  }

  it("is a log of pulumi alone, without the colours of a terminal and without anything of a cluster", () => {
    const { runs, objects } = readSnapshot(written("up.log", runText));
    expect(runs?.map(({ name, text }) => [name, text.split("\n")[0]])).to.deep.equal([["up.log", "Updating (prod):"]]);
    expect(objects).to.deep.equal({});
  });

  it("hides secrets in a log of pulumi", () => {
    const { runs } = readSnapshot(written("up.log", `${runText}\nerror: --password hunter2 is wrong`));
    expect(runs?.[0]?.text).not.to.include("hunter2");
  });

  it("is a folder with objects, logs of their containers and a log of pulumi, each as what it is", () => {
    written("pod.json", JSON.stringify({ ...pod, status }));
    written("log-api.txt", "error: no database\n");
    written("up.log", runText);
    const { runs, logs } = readSnapshot(folder);
    expect(runs?.map(({ name }) => name)).to.deep.equal(["up.log"]);
    expect(logs.map((it) => [it.pod, it.text])).to.deep.equal([["api", "error: no database\n"]]);
  });

  it("is refused with what may be given", () => {
    expect(() => readSnapshot(written("notes.txt", "hello"))).to.throw("no log of pulumi or helm");
  });
});
