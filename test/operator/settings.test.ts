import { expect } from "chai";
import { SettingsError } from "../../operator/environment.ts";
import { loadSettings } from "../../operator/settings.ts";

const least = {
  VDI_NAMESPACE: "kasm-vdi",
  VDI_DOMAIN: "vdi.example.com",
  POD_NAMESPACE: "kasm-vdi-system",
  POD_NAME: "operator-1",
};
const turn = { host: "turn.example.com", realm: "r", ports: { listen: 3478, tls: 5349 }, transports: ["udp"] };

describe("the operator's settings", () => {
  it("need four variables, and have defaults for the rest", () => {
    const settings = loadSettings(least);
    expect(settings).to.deep.include({
      leaderElection: true,
      streamCheck: "direct",
      turn: undefined,
      logLevel: "info",
    });
    expect(settings.ports).to.deep.equal({ metrics: 8080, health: 8081 });
    expect(settings.traefikUrl).to.equal("https://traefik.kube-system.svc");
  });

  it("say all that is missing or wrong at once, each with what is allowed", () => {
    const environment = { VDI_DOMAIN: "x", VDI_LOG_LEVEL: "loud", VDI_METRICS_PORT: "99999", VDI_TRAEFIK_URL: "::" };
    expect(() => loadSettings(environment))
      .to.throw(SettingsError)
      .with.property("message")
      .that.includes("VDI_NAMESPACE is missing")
      .and.includes("POD_NAMESPACE is missing")
      .and.includes('VDI_LOG_LEVEL is "loud", allowed: debug, info, warn, error')
      .and.includes('VDI_METRICS_PORT is "99999", allowed: 0 to 65535')
      .and.includes("VDI_TRAEFIK_URL");
  });

  it("take a TURN server as JSON with the file of its secret", () => {
    const settings = loadSettings({ ...least, VDI_TURN: JSON.stringify(turn), VDI_TURN_SECRET_FILE: "/s" });
    expect(settings.turn).to.deep.equal({ ...turn, secretFile: "/s" });
  });

  for (const [what, value, named] of [
    ["no JSON", "turn.example.com", "VDI_TURN"],
    ["null", "null", "VDI_TURN"],
    ["without a host", JSON.stringify({ ...turn, host: "" }), "VDI_TURN.host"],
    ["with a transport that there is not", JSON.stringify({ ...turn, transports: ["sctp"] }), "VDI_TURN.transports.0"],
  ] as const)
    it(`refuse a TURN server that is ${what}, and name what is wrong`, () => {
      expect(() => loadSettings({ ...least, VDI_TURN: value, VDI_TURN_SECRET_FILE: "/s" })).to.throw(named);
    });

  it("refuse a TURN server without its secret's file", () => {
    expect(() => loadSettings({ ...least, VDI_TURN: JSON.stringify(turn) })).to.throw(
      "VDI_TURN_SECRET_FILE is missing",
    );
  });
});
