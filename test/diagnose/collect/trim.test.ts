import { expect } from "chai";
import { trimmed } from "../../../diagnose/collect/trim.ts";

describe("what a snapshot keeps of an environment", () => {
  const env = [
    { name: "POSTGRES_HOST", value: "kasm-db" },
    { name: "POSTGRES_PORT", value: "5432" },
    { name: "PROXY_HOST", value: "http://user:hunter2@proxy.example.com" },
    { name: "POSTGRES_PASSWORD", value: "hunter2" },
    { name: "HOST_KEY", value: "hunter2" },
  ];
  const pod = { kind: "Pod", metadata: { name: "a" }, spec: { containers: [{ name: "c", env }] } };
  const kept = (trimmed(pod)["spec"] as { containers: { env: { name: string; value: string }[] }[] }).containers[0]!
    .env;

  it("is where it sends to, by which the wait of an init container is followed", () => {
    expect(kept.slice(0, 2).map(({ value }) => value)).to.deep.equal(["kasm-db", "5432"]);
  });

  it("is no other value, and no credential in an address", () => {
    expect(JSON.stringify(kept)).not.to.include("hunter2");
    expect(kept.slice(3).map(({ value }) => value)).to.deep.equal(["***", "***"]);
  });
});
