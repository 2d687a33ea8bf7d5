import { expect } from "chai";
import { script } from "../../components/script.ts";

describe("script", () => {
  it("runs the same on creation and on change, with its input as JSON", () => {
    expect(script("traefik-gate", {}, { timeoutSeconds: 300 })).to.deep.equal({
      create: "node commands/traefik-gate.ts",
      update: "node commands/traefik-gate.ts",
      environment: { INPUT: '{"timeoutSeconds":300}', NODE_COMPILE_CACHE: "node_modules/.cache/node-compile-cache" },
    });
  });

  it("names kubeconfig and context where they are configured", () => {
    expect(script("traefik-gate", { kubeconfig: "./k", context: "admin" }, {}).environment).to.include({
      INPUT: '{"context":"admin"}',
      KUBECONFIG: "./k",
    });
  });
});
