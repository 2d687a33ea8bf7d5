import { expect } from "chai";
import { script, scriptAtDeletion } from "../../../components/gates/script.ts";

describe("script", () => {
  it("runs the same on creation and on change, with its input as JSON", () => {
    expect(script("traefik-gate", {}, { timeoutSeconds: 300 })).to.deep.equal({
      create: "node dist/commands.mjs traefik-gate",
      update: "node dist/commands.mjs traefik-gate",
      environment: { INPUT: '{"timeoutSeconds":300}', NODE_COMPILE_CACHE: "node_modules/.cache/node-compile-cache" },
    });
  });

  it("runs from its sources at a deletion, for a destroy builds nothing", () => {
    expect(scriptAtDeletion("session-drain", {}, { operatorSeconds: 1 })).to.deep.include({
      delete: "node commands/session-drain.ts",
    });
  });

  it("names kubeconfig and context where they are configured", () => {
    expect(script("traefik-gate", { kubeconfig: "./k", context: "admin" }, {}).environment).to.include({
      INPUT: '{"context":"admin"}',
      KUBECONFIG: "./k",
    });
  });
});
