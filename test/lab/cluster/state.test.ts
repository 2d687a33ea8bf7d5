import { mkdirSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { readPorts } from "../../../lab/cluster/state.ts";
import { temporaryLab } from "./temporary-lab.ts";

describe("the state of a lab", () => {
  const { layout, remove } = temporaryLab();
  after(remove);
  const write = (state: object) => {
    mkdirSync(layout.root, { recursive: true });
    writeFileSync(layout.stateFile, JSON.stringify(state), { mode: 0o600 });
  };

  it("keeps its ports over a version of the lab that had others", () => {
    write({ version: 1, ports: { kwok: 21_000, "operator-access": 21_001 } });
    expect(readPorts(layout)).to.deep.equal({ kwok: 21_000 });
  });

  it("is refused with the way out when it is something else", () => {
    write({ version: 1, ports: { kwok: "a port" } });
    expect(() => readPorts(layout)).to.throw("delete the file and run `npm run lab` again");
  });
});
