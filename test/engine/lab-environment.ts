// Loaded before the engine tests: points everything at this checkout's running lab, or says what to do.
import { join } from "node:path";
import { allReady, labStatus } from "../../lab/cluster/status.ts";
import { labLayout } from "../../lab/cluster/layout.ts";
import { labEnvironment } from "../../lab/commands/engine-environment.ts";

const layout = labLayout(join(import.meta.dirname, "..", ".."));

export const mochaHooks = {
  async beforeAll() {
    if (!allReady(await labStatus(layout))) throw new Error("The engine tests need the lab: run `npm run lab` first.");
  },
};

Object.assign(process.env, labEnvironment(layout));
