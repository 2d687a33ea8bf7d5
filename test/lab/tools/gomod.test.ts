import { expect } from "chai";
import { wrapperGoMod } from "../../../lab/tools/gomod.ts";
import type { GoModule } from "../../../lab/tools/tool.ts";

const module: GoModule = {
  id: "widgets",
  path: "example.test/widgets",
  version: "v1.35.4",
  sum: "h1:x",
  siblingVersion: "v0.35.4",
  stamps: {},
};

const upstream = `module example.test/widgets

go 1.25.0

godebug default=go1.25

require (
	example.test/api v0.0.0
	example.test/dated v0.0.0-20240101000000-0123456789ab // indirect
	example.test/sdk v1.9.0
)

require example.test/client v0.0.0 // indirect

replace example.test/sdk => ../sdk

replace (
	example.test/api => ./staging/src/example.test/api
	example.test/client => ./staging/src/example.test/client
	example.test/clip => example.test/fork v0.2.0 // until it is merged
)
`;

describe("the go.mod that a tool is built through", () => {
  it("requires the module, carries over published replacements and maps unpublished siblings to their release", () => {
    expect(wrapperGoMod(upstream, module)).to.equal(`module kasm-vdi.lab/widgets

go 1.25.0

require example.test/widgets v1.35.4

replace (
	example.test/clip => example.test/fork v0.2.0
	example.test/api v0.0.0 => example.test/api v0.35.4
	example.test/client v0.0.0 => example.test/client v0.35.4
)
`);
  });

  it("has no replace block for a module without replacements", () => {
    expect(wrapperGoMod("module example.test/widgets\n\ngo 1.21\n", module)).to.equal(
      "module kasm-vdi.lab/widgets\n\ngo 1.21\n\nrequire example.test/widgets v1.35.4\n",
    );
  });

  it("refuses unpublished siblings whose release the table does not name", () => {
    const without = { ...module, siblingVersion: undefined };
    expect(() => wrapperGoMod(upstream, without)).to.throw(
      "example.test/widgets v1.35.4 requires example.test/api v0.0.0, which was never published",
    );
  });
});
