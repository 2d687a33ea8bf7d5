import { ApiException } from "@kubernetes/client-node";
import { expect } from "chai";
import { apiMessage, classifyError, retryAfterMs } from "../../kube/api-error.ts";

const answer = (code: number, status: object | string = {}, headers: Record<string, string> = {}) =>
  new ApiException(code, "", typeof status === "string" ? status : JSON.stringify(status), headers);

describe("what an error of a request means", () => {
  for (const [error, meaning] of [
    [answer(404), "not-found"],
    [answer(409, { reason: "AlreadyExists" }), "exists"],
    [answer(409, { reason: "Conflict" }), "conflict"],
    [answer(410, { reason: "Expired" }), "expired"],
    [answer(403, { message: 'pods "a" is forbidden: exceeded quota: gpus, requested: 1' }), "quota"],
    [answer(403, { details: { causes: [{ reason: "NamespaceTerminating" }] } }), "terminating"],
    [answer(403, { message: "pods is forbidden: User cannot list" }), "denied"],
    [answer(401), "denied"],
    [answer(422), "invalid"],
    [answer(422, { message: "denied request: failed to configure binding: paramKind not yet synced" }), "unavailable"],
    [answer(429), "throttled"],
    [answer(500), "unavailable"],
    [answer(503, "no JSON"), "unavailable"],
    [new TypeError("fetch failed"), "unavailable"],
  ] as const)
    it(`${statusOf(error)} is ${meaning}`, () => expect(classifyError(error)).to.equal(meaning));

  it("comes with the server's own sentence, or with what fetch hides in the cause", () => {
    expect(apiMessage(answer(422, { message: "spec.user is immutable" }))).to.equal("spec.user is immutable");
    expect(apiMessage(answer(502, "<html>"))).to.equal("HTTP 502: <html>");
    const refused = new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED") });
    expect(apiMessage(refused)).to.equal("fetch failed: connect ECONNREFUSED");
  });

  it("comes with the time after which the server wants to be asked again, if it says one", () => {
    expect(retryAfterMs(answer(429, {}, { "retry-after": "3" }))).to.equal(3000);
    expect(retryAfterMs(answer(429))).to.equal(undefined);
    expect(retryAfterMs(answer(429, {}, { "retry-after": "soon" }))).to.equal(undefined);
  });
});

function statusOf(error: Error): string {
  return error instanceof ApiException ? `${error.code} ${String(error.body)}` : error.message;
}
