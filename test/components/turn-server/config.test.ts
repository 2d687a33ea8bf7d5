import { BlockList, isIPv4 } from "node:net";
import { expect } from "chai";
import fc from "fast-check";
import { peerProblem, turnConfigFiles } from "../../../components/turn-server/config.ts";
import type { TurnConfigArgs } from "../../../components/turn-server/config.ts";

const base: TurnConfigArgs = {
  realm: "turn.desktops.example.com",
  ports: { listen: 3478, tls: 5349, relayMin: 49152, relayMax: 49407 },
  publicIPs: ["8.8.4.4"],
  allowedPeers: ["10.42.0.0/16"],
  userQuota: 12,
  totalQuota: 1200,
};

/** A turnserver.conf as coturn reads it: values by option, in their order; an option without value has "". */
function parseConfig(text: string): Map<string, string[]> {
  const options = new Map<string, string[]>();
  for (const line of text.split("\n").filter((it) => it !== "" && !it.startsWith("#"))) {
    const [, option = "", value = ""] = /^([^=]+)=?(.*)$/.exec(line) ?? [];
    options.set(option, [...(options.get(option) ?? []), value]);
  }
  return options;
}

const config = (overrides: Partial<TurnConfigArgs> = {}, file = "turnserver.conf") =>
  parseConfig(turnConfigFiles({ ...base, ...overrides }, "swordfish")[file] ?? "");

function covers(ranges: readonly string[], address: string): boolean {
  const family = isIPv4(address) ? "ipv4" : "ipv6";
  const list = new BlockList();
  for (const range of ranges) {
    const [first = "", last = first] = range.split("-");
    // Node takes mapped addresses for IPv4; coturn compares within a family.
    if (isIPv4(first) === isIPv4(address)) list.addRange(first, last, family);
  }
  return list.check(address, family);
}

// What coturn decides (src/server/ns_turn_server.c): an allowed range wins over a denied one.
const relaysTo = (options: Map<string, string[]>, address: string) =>
  covers(options.get("allowed-peer-ip") ?? [], address) || !covers(options.get("denied-peer-ip") ?? [], address);

const isSome = (address: string) => address !== "::" && address !== "0.0.0.0";
const nodeAddress = fc.oneof(fc.ipV4(), fc.ipV6()).filter(isSome);

const anyArgs = fc.record({
  realm: fc.domain(),
  ports: fc.record({
    listen: fc.integer({ min: 1, max: 65535 }),
    tls: fc.integer({ min: 1, max: 65535 }),
    relayMin: fc.integer({ min: 1024, max: 40000 }),
    relayMax: fc.integer({ min: 40000, max: 65535 }),
  }),
  publicIPs: fc.array(nodeAddress, { maxLength: 4 }),
  nat: fc.option(fc.dictionary(fc.ipV4().filter(isSome), fc.ipV4().filter(isSome), { maxKeys: 3 }), { nil: undefined }),
  allowedPeers: fc.constantFrom(["10.42.0.0/16"], ["10.42.0.0/16", "2001:db8:42::/56"], []),
  userQuota: fc.integer({ min: 1 }),
  totalQuota: fc.integer({ min: 1 }),
  tlsSecretName: fc.option(fc.constant("turn-tls"), { nil: undefined }),
});

const anyConfig = anyArgs.map(({ nat, tlsSecretName, ...rest }) =>
  Object.values(
    turnConfigFiles(
      { ...rest, ...(nat && { nat }), ...(tlsSecretName !== undefined && { tlsSecretName }) },
      "swordfish",
    ),
  ).map(parseConfig),
);

describe("every turnserver.conf", () => {
  it("asks for credentials made from the shared secret: the server is never an open relay", () => {
    fc.assert(
      fc.property(anyConfig, (files) => {
        expect(files).not.to.be.empty;
        for (const options of files) {
          expect(options.get("use-auth-secret")).to.deep.equal([""]);
          expect(options.get("static-auth-secret")).to.deep.equal(["swordfish"]);
          expect(options.get("realm")?.[0]).to.match(/\S/);
          for (const weakening of [
            "no-auth",
            "user",
            "lt-cred-mech",
            "server-relay",
            "allow-loopback-peers",
            "cli",
            "dtls",
          ])
            expect(options.has(weakening), weakening).to.equal(false);
        }
      }),
    );
  });

  it("keeps relayed traffic out of private, loopback, link-local and metadata addresses, mapped ones too", () => {
    const inside = [
      ...["10.0.0.1", "10.43.0.10", "172.16.0.1", "172.31.255.254", "192.168.178.1", "100.64.0.1", "127.0.0.1"],
      ...["0.0.0.0", "169.254.169.254", "224.0.0.1", "255.255.255.255", "198.18.0.1"],
      ...[
        "::1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::a00:1",
        "fe80::1",
        "fd00:ec2::254",
        "fc00::1",
        "ff02::1",
      ],
      ...["2002:a00:1::1"],
    ];
    fc.assert(
      fc.property(anyConfig, (files) => {
        for (const options of files)
          for (const address of inside) expect(relaysTo(options, address), address).to.equal(false);
      }),
    );
  });

  it("never relays to the nodes' own addresses: their UDP services are behind no firewall from there", () => {
    const files = turnConfigFiles({ ...base, publicIPs: ["8.8.4.4", "2a00::1"], nat: { "44.0.0.1": "8.8.4.4" } }, "x");
    for (const text of Object.values(files))
      for (const address of ["8.8.4.4", "2a00::1", "44.0.0.1"])
        expect(relaysTo(parseConfig(text), address), address).to.equal(false);
  });

  it("bounds relays by port, user and in all, and speaks UDP to peers only", () => {
    const options = config();
    expect([options.get("min-port"), options.get("max-port")]).to.deep.equal([["49152"], ["49407"]]);
    expect([options.get("user-quota"), options.get("total-quota")]).to.deep.equal([["12"], ["1200"]]);
    expect([...options.keys()]).to.include.members(["no-tcp-relay", "no-multicast-peers", "no-cli"]);
  });

  it("relays to browsers on the internet: no range starts at ::, which coturn takes for every IPv4 address", () => {
    fc.assert(
      fc.property(anyConfig, (files) => {
        for (const options of files) {
          for (const range of options.get("denied-peer-ip") ?? []) expect(range).not.to.match(/^(::|(0:){7}0)(-|$)/);
          for (const address of ["1.1.1.1", "2606:4700:4700::1111"])
            expect(relaysTo(options, address), address).to.equal(true);
        }
      }),
    );
  });

  it("relays to the pods", () => {
    expect(relaysTo(config(), "10.42.7.9")).to.equal(true);
    expect(config().get("allowed-peer-ip")).to.deep.equal(["10.42.0.0-10.42.255.255"]);
  });
});

describe("turnserver.conf", () => {
  it("has a TLS listener only with a certificate", () => {
    expect([...config().keys()])
      .to.include("no-tls")
      .and.not.include("tls-listening-port");
    const tls = config({ tlsSecretName: "turn-tls" });
    expect(tls.has("no-tls")).to.equal(false);
    expect(tls.get("tls-listening-port")).to.deep.equal(["5349"]);
    const plain = config({});
    expect([...tls.keys()].filter((option) => !plain.has(option))).to.deep.equal([
      "tls-listening-port",
      "cert",
      "pkey",
    ]);
    expect(tls.get("cert")).to.deep.equal(["/etc/coturn-tls/tls.crt"]);
  });

  it("reports the only IPv4 address there is", () => {
    expect(config().get("external-ip")).to.deep.equal(["8.8.4.4"]);
  });

  it("leaves the address out where coturn would report it for relays of another node or family", () => {
    for (const publicIPs of [[], ["8.8.4.4", "8.8.8.8"], ["8.8.4.4", "2a00::1"], ["2a00::1"]])
      expect(config({ publicIPs }).has("external-ip"), publicIPs.join()).to.equal(false);
  });

  it("comes once per node behind a NAT, each with its own public address and never in pairs, which would allow the private one", () => {
    const nat = { "10.0.0.4": "8.8.4.4", "10.0.0.5": "8.8.8.8" };
    expect(Object.keys(turnConfigFiles({ ...base, nat }, "x"))).to.deep.equal(["10.0.0.4.conf", "10.0.0.5.conf"]);
    const options = config({ nat }, "10.0.0.5.conf");
    expect(options.get("external-ip")).to.deep.equal(["8.8.8.8"]);
    expect(options.get("relay-ip")).to.deep.equal(["10.0.0.5"]);
    expect(options.get("listening-ip")).to.deep.equal(["10.0.0.5"]);
  });
});

describe("peerProblem", () => {
  it("says nothing about a range of pods", () => {
    for (const cidr of ["10.42.0.0/16", "10.52.0.0/14", "fd42::/56"])
      expect(peerProblem(cidr), cidr).to.equal(undefined);
  });

  it("names what a range holds that must never be a peer", () => {
    expect(peerProblem("0.0.0.0/0")).to.match(/^0\.0\.0\.0\/0 holds the node's loopback addresses; allow only/);
    expect(peerProblem("169.254.169.254/32")).to.match(/metadata/);
    expect(peerProblem("fd00::/8")).to.match(/metadata/);
    expect(peerProblem("::/0")).to.match(/loopback/);
  });
});
