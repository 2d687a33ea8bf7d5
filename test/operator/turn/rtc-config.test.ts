import { expect } from "chai";
import type { TurnSettings } from "../../../operator/settings.ts";
import { rtcConfig } from "../../../operator/turn/rtc-config.ts";

const turn: TurnSettings = {
  ...{ host: "turn.desktops.example.com", realm: "turn.desktops.example.com", ports: { listen: 3478, tls: 5349 } },
  ...{ transports: ["udp", "tcp", "tls"], secretFile: "" },
};
const credentials = { username: "1767268800:abc", password: "cGFzcw==", expires: 1767268800 };

describe("Selkies's RTC config file", () => {
  it("has the STUN address first, then all TURN addresses with their credentials", () => {
    expect(JSON.parse(rtcConfig(turn, credentials))).to.deep.equal({
      iceServers: [
        { urls: ["stun:turn.desktops.example.com:3478"] },
        {
          urls: [
            "turn:turn.desktops.example.com:3478?transport=udp",
            "turn:turn.desktops.example.com:3478?transport=tcp",
            "turns:turn.desktops.example.com:5349?transport=tcp",
          ],
          username: "1767268800:abc",
          credential: "cGFzcw==",
        },
      ],
      iceTransportPolicy: "all",
    });
  });

  it("names only what the TURN server offers", () => {
    const { iceServers } = JSON.parse(rtcConfig({ ...turn, transports: ["tcp"] }, credentials)) as {
      iceServers: { urls: string[] }[];
    };
    expect(iceServers[1]?.urls).to.deep.equal(["turn:turn.desktops.example.com:3478?transport=tcp"]);
  });
});
