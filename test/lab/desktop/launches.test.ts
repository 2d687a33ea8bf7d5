import { expect } from "chai";
import { portNames } from "../../../lab/cluster/ports.ts";
import type { Ports } from "../../../lab/cluster/ports.ts";
import { labLayout } from "../../../lab/cluster/layout.ts";
import { amongDesktops, crossings, desktopsLaunch } from "../../../lab/desktop/launches.ts";

const ports = Object.fromEntries(portNames.map((name, index) => [name, 20_000 + index])) as Ports;

describe("the border of the lab's network namespace", () => {
  it("is crossed by sockets that both sides have, each from one side only", () => {
    const { inward, outward } = crossings(ports, "10.43.0.7");
    const sockets = (ways: readonly { from: unknown; to: unknown }[], end: "from" | "to") =>
      ways.map((way) => way[end]).filter((it) => String(it).endsWith(".sock"));
    expect(sockets(inward, "to")).to.deep.equal(sockets(outward, "from"));
    expect(sockets(inward, "from")).to.deep.equal(sockets(outward, "to"));
    expect(outward.find(({ from }) => from === ports.traefik)?.to).to.equal("desktops/traefik.sock");
    expect(inward.find(({ to }) => to === "desktops/gateway.sock")?.from).to.equal("10.43.0.7:8082");
    expect(inward.find(({ to }) => to === 443)?.from).to.equal("desktops/traefik.sock");
  });

  it("needs no root, and keeps secrets out of command lines", () => {
    const layout = labLayout("/checkout");
    const traefikConfig = "/checkout/.lab/desktops/traefik.yaml";
    const desktops = { files: "/files", gatewayAddress: "10.43.0.7", hosts: "10.43.0.7 a", traefikConfig };
    const tools = { traefik: "/tools/traefik" };
    const { program, args } = desktopsLaunch({ layout, ports, tools, kwokConfigs: [], desktops });
    expect([program, ...args.slice(0, 4)]).to.deep.equal(["unshare", "--user", "--map-root-user", "--net", "--mount"]);
    expect(args.join(" ")).to.contain("--traefik-config=").and.not.contain("token");
  });

  it("is entered by what has to reach desktops, where there are any", () => {
    const launch = { program: "node", args: ["main.ts"], files: [] };
    expect(amongDesktops(launch, undefined)).to.equal(launch);
    expect(amongDesktops(launch, 42)).to.deep.include({
      program: "nsenter",
      args: ["--target", "42", "--user", "--net", "--mount", "--preserve-credentials", "node", "main.ts"],
    });
  });
});
