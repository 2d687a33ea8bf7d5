import { expect } from "chai";
import { withPolicies } from "../../../lab/preview/policies.ts";
import { messagesOf } from "../../../lab/preview/steps.ts";
import { urn } from "./preview-steps.ts";

const eventLog = [
  { sequence: 1, preludeEvent: { config: {} } },
  {
    sequence: 2,
    policyEvent: {
      resourceUrn: urn("kubernetes:core/v1:Namespace", "open"),
      message: "\u001b[31mno NetworkPolicy\u001b[0m\n",
      policyName: "namespaces-deny-by-default",
      enforcementLevel: "mandatory",
    },
  },
  { sequence: 3, policyEvent: { message: "no limit", policyName: "cpu-limits", enforcementLevel: "advisory" } },
]
  .map((event) => `${JSON.stringify(event)}\n`)
  .join("");

describe("broken rules of the policy pack in a preview", () => {
  it("are errors with the resource's name when they are mandatory, else warnings", () => {
    const document = withPolicies({ diagnostics: [{ severity: "error", message: "preview failed" }] }, eventLog);
    expect(messagesOf(document, "error")).to.deep.equal([
      "preview failed",
      "open: namespaces-deny-by-default: no NetworkPolicy",
    ]);
    expect(messagesOf(document, "warning")).to.deep.equal(["cpu-limits: no limit"]);
  });

  it("leave a preview without any as it is", () => {
    const document = { steps: [], diagnostics: [] };
    expect(withPolicies(document, "")).to.deep.equal(document);
  });
});
