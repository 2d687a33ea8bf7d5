import { expect } from "chai";
import { pinnedWheels } from "../../../../lab/desktop/files/provide.ts";
import { targetOf } from "../../../../lab/tools/pypi.ts";

describe("the wheels of a desktop", () => {
  it("are pinned by sum for both kinds of machine, at the same versions", () => {
    const [amd64, arm64] = [pinnedWheels("amd64"), pinnedWheels("arm64")];
    const versions = (wheels: typeof amd64) => wheels.map(({ name, version }) => `${name} ${version}`);
    expect(versions(amd64)).to.deep.equal(versions(arm64)).and.include("selkies 2.1.0");
    for (const { file, sha256 } of [...amd64, ...arm64]) {
      expect(file).to.match(/\.whl$/);
      expect(sha256).to.match(/^[0-9a-f]{64}$/);
    }
    expect(amd64.filter(({ file }) => /aarch64|arm64/.test(file))).to.deep.equal([]);
    expect(arm64.filter(({ file }) => /x86_64|amd64/.test(file))).to.deep.equal([]);
  });

  it("are asked of pip for what they are, whatever machine and Python ask", () => {
    expect(targetOf("a-1.0-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl")).to.deep.equal([
      ...["--implementation", "cp", "--python-version", "3.11"],
      ...["--platform", "manylinux2014_x86_64", "--platform", "manylinux_2_17_x86_64"],
    ]);
    expect(targetOf("a-1.0-py3-none-any.whl")).to.deep.equal([]);
  });
});
