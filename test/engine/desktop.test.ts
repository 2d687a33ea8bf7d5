import { unmetRequirements } from "../../lab/desktop/requirements.ts";
import { sourcesAway } from "../../lab/desktop/chromium.ts";
import { access } from "./desktop/access.ts";
import { DesktopLab } from "./desktop/desktop-lab.ts";
import { display } from "./desktop/display.ts";
import { faults } from "./desktop/faults.ts";
import { leftBehind } from "./desktop/left-behind.ts";
import { leftovers } from "./desktop/leftovers.ts";
import { lifetime } from "./desktop/lifetime.ts";
import { many } from "./desktop/many.ts";
import { policies } from "./desktop/policies.ts";
import { webrtc } from "./desktop/webrtc.ts";
import { checkout } from "./lab-stack.ts";

// A desktop in a browser from one command, on a lab of its own that all parts share: with the real Traefik, operator and
// gateway, the pod's own environment and Secret, and processes in the place of a kubelet's containers.
describe("`npm run lab desktop`", function () {
  // Where Traefik has to be built.
  this.timeout(30 * 60_000);
  const lab = new DesktopLab(checkout);
  let atFirst: readonly string[] = [];

  before(async function () {
    const [problem] = await unmetRequirements(process.env);
    if (problem !== undefined) {
      console.log(`    skipped: ${problem}`);
      this.skip();
    }
    atFirst = leftBehind(lab.layout);
    try {
      await lab.start(checkout);
    } catch (error) {
      const away = sourcesAway(error);
      if (away === undefined) throw error;
      console.log(`    skipped: ${away}`);
      this.skip();
    }
  });

  afterEach(async function () {
    const { state, title = "" } = this.currentTest ?? {};
    if (state === "failed") await lab.closePages(`failed-${title.replace(/\W+/g, "-").slice(0, 60)}`);
  });

  after(() => lab.close());

  access(lab);
  lifetime(lab);
  policies(lab);
  display(lab);
  webrtc(lab);
  faults(lab);
  many(lab);
  leftovers(lab, () => atFirst);
});
