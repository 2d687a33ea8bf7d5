import { expect } from "chai";
import fc from "fast-check";
import { withoutSecrets } from "../../kube/redaction.ts";
import { lastLine, listed, quoted } from "../../kube/sentences.ts";

describe("what is quoted", () => {
  for (const [said, shown] of [
    ["PASSWORD=hunter2 started", "PASSWORD=*** started"],
    ['{"token":"abc.def","user":"alice"}', '{"token":"***","user":"alice"}'],
    ["login with --password hunter2 failed", "login with --password *** failed"],
    ["Authorization: Bearer abc.def", "Authorization: ***"],
    ['password = "two words", user = "alice"', 'password = "***", user = "alice"'],
    ['{\\"token\\":\\"abc\\",\\"user\\":\\"alice\\"}', '{\\"token\\":\\"***\\",\\"user\\":\\"alice\\"}'],
    ['apiKey="a value that was c', 'apiKey="***'],
    ["key := abc", "key := ***"],
    ["GET https://token@registry.example.com/v2/", "GET https://***@registry.example.com/v2/"],
    ["got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl.", "got ***"],
    ["MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj/AgEAAoIBAQC7 loaded", "*** loaded"],
    ["the password is hunter2", "the password is ***"],
    ["turn:turn.example.com?credential=s3cret&ttl=1", "turn:turn.example.com?credential=***&ttl=1"],
    ["GET https://alice:hunter2@registry.example.com/v2/", "GET https://alice:***@registry.example.com/v2/"],
    ["key eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9x1", "key ***"],
    [
      "cannot open /usr/lib/x86_64-linux-gnu/libnvidia-egl-wayland.so.1",
      "cannot open /usr/lib/x86_64-linux-gnu/libnvidia-egl-wayland.so.1",
    ],
    ["authentication failed", "authentication failed"],
    ["no basic auth credentials", "no basic auth credentials"],
    [
      'persistentvolumeclaims "home-alice-at-example-com-7qk2v5xw3n4m6p2a" is forbidden: exceeded quota: homes',
      'persistentvolumeclaims "home-alice-at-example-com-7qk2v5xw3n4m6p2a" is forbidden: exceeded quota: homes',
    ],
    [
      "requested: persistentvolumeclaims=1, used: persistentvolumeclaims=10, limited: persistentvolumeclaims=10",
      "requested: persistentvolumeclaims=1, used: persistentvolumeclaims=10, limited: persistentvolumeclaims=10",
    ],
    ["requested: count/secrets=1, used: secrets=10", "requested: count/secrets=1, used: secrets=10"],
    ['secrets "access-key" is forbidden', 'secrets "access-key" is forbidden'],
    [
      'MountVolume.SetUp failed for volume "access-key" : secret "access-key" not found',
      'MountVolume.SetUp failed for volume "access-key" : secret "access-key" not found',
    ],
    ["pod 0a1b2c3d-1234-4abc-8def-0123456789ab is gone", "pod 0a1b2c3d-1234-4abc-8def-0123456789ab is gone"],
  ] as const)
    it(`shows ${shown}`, () => expect(withoutSecrets(said)).to.equal(shown));

  it("never holds the value of anything that is named like a secret", () => {
    const name = fc.constantFrom(
      "password",
      "VNC_PW",
      "api_key",
      "token",
      "SELKIES_BASIC_AUTH_PASSWORD",
      "client-secret",
    );
    const value = fc.stringMatching(/^[A-Za-z0-9]{6,20}$/).filter((it) => !/pass|pw|key|token|auth|secret/i.test(it));
    fc.assert(
      fc.property(name, fc.constantFrom("=", ": ", '": "', " = "), value, (key, sign, secret) => {
        expect(quoted(`error: ${key}${sign}${secret} was refused`)).not.to.contain(secret);
      }),
    );
  });

  it("is the last line that says something, without colours and times", () => {
    expect(lastLine("first\n\u001b[31m2026-03-01 12:00:00,123 ERROR no display\u001b[0m\n---\n\n")).to.equal(
      "ERROR no display",
    );
    expect(lastLine(" \n")).to.equal(undefined);
    expect(lastLine(undefined)).to.equal(undefined);
  });

  it("is at most 300 bytes", () => expect(Buffer.byteLength(quoted("é ".repeat(400)))).to.be.at.most(300));
});

describe("a list of names", () => {
  for (const [names, text] of [
    [[], "none"],
    [["a"], "a"],
    [["a", "b"], "a and b"],
    [["a", "b", "c", "d", "e", "f", "g"], "a, b, c, d, e and 2 more"],
  ] as const)
    it(`reads ${text}`, () => expect(listed(names)).to.equal(text));
});
