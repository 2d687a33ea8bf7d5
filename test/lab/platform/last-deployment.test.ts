import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { isDeployed, recordDeployment } from "../../../lab/platform/last-deployment.ts";
import { temporaryLab } from "../cluster/temporary-lab.ts";

describe("the platform as the last `pulumi up` left it", () => {
  let lab: ReturnType<typeof temporaryLab>;
  const write = (name: string, text: string) => {
    const file = join(lab.layout.checkout, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  const state = ".lab/state/.pulumi/stacks/kasm-vdi/lab.json";

  beforeEach(() => {
    lab = temporaryLab();
    write(
      "Pulumi.lab.yaml",
      "config:\n  kasm-vdi:kasm:\n    chart: { path: ./charts/kasm }\n  kasm-vdi:nodeCount: 3\n",
    );
    write("index.ts", "export {};\n");
    write("components/traefik/traefik.ts", "export {};\n");
    write("charts/kasm/templates/a.yaml", "a: 1\n");
    write("docs/a.md", "a\n");
    write(state, "{}");
    recordDeployment(lab.layout);
  });
  afterEach(() => lab.remove());

  it("is there as long as nothing was changed that it is made from", () => {
    expect(isDeployed(lab.layout)).to.equal(true);
    write("docs/a.md", "b\n");
    expect(isDeployed(lab.layout)).to.equal(true);
  });

  for (const [what, name] of [
    ["the program", "components/traefik/traefik.ts"],
    ["the config", "Pulumi.lab.yaml"],
    ["a chart", "charts/kasm/templates/a.yaml"],
    ["the state, by another `pulumi up` or a destroy", state],
  ] as const)
    it(`is not taken for granted after a change of ${what}`, () => {
      write(name, "changed: true\n");
      expect(isDeployed(lab.layout)).to.equal(false);
    });

  it("is not taken for granted when a file is there no more, nor without a record", () => {
    rmSync(join(lab.layout.checkout, "components/traefik/traefik.ts"));
    expect(isDeployed(lab.layout)).to.equal(false);
    recordDeployment(lab.layout);
    rmSync(lab.layout.pulumiState, { recursive: true });
    expect(isDeployed(lab.layout)).to.equal(false);
  });
});
