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

  // Errors whose words decide what is told of them.
  for (const said of [
    'MountVolume.SetUp failed for volume "certs" : references non-existent secret key: tls.crt',
    'MountVolume.SetUp failed for volume "extra" : configmap references non-existent config key: db-password',
    "open /var/lib/postgresql/data/server.key: permission denied",
    'could not load private key file "/var/lib/postgresql/data/server.key": Permission denied',
    "touch: cannot touch '/home/kasm-user/.ssh/authorized_keys': Permission denied",
    "open /srv/token: no such file or directory",
    "open /srv/token: EOF",
    "/srv/token: Arquivo ou pasta inexistente",
    'cannot load certificate key "/etc/ssl/kasm.key": PEM_read_bio_PrivateKey() failed',
    'failed to fetch oauth token: Post "https://auth.docker.io/token": net/http: TLS handshake timeout',
    "failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://auth.docker.io/token?scope=x: 503 Service Unavailable",
    "failed to fetch oauth token: unexpected status from POST request to https://auth.docker.io/token: 401 Unauthorized",
    "repository does not exist or may require authorization: server message: insufficient_scope: authorization failed",
    "unauthorized: authentication required",
    'secrets is forbidden: User "system:serviceaccount:kasm-vdi-system:kasm-operator" cannot list resource "secrets"',
    'failed to list *v1.Secret: secrets "kasm-secrets" is forbidden',
    'service "kasm-auth": connection refused',
    "the token is expired",
  ])
    it(`leaves ${said}`, () => expect(withoutSecrets(said)).to.equal(said));

  // What is a secret beside the same words.
  for (const [said, shown] of [
    ["open /srv/token: hunter2", "open /srv/token: ***"],
    ["/run/secrets/db_password: hunter", "/run/secrets/db_password: ***"],
    ["/run/secrets/db_password: hunter2 and more", "/run/secrets/db_password: *** and more"],
    ["failed with password: monkey for user bob", "failed with password: *** for user bob"],
    ["failed to authorize with key: monkey", "failed to authorize with key: ***"],
    ["authorization: failed", "authorization: ***"],
    ["password: no1 else knows", "password: *** else knows"],
    ["password: failed2login again", "password: *** again"],
    ["password=permission denied", "password=*** denied"],
    ["password:permission denied", "password:*** denied"],
    ['"password": "permission denied"', '"password": "***"'],
    ["secret key: AKIA1234", "secret key: ***"],
    ["unauthorized: Bearer abc.def was refused", "unauthorized: Bearer *** was refused"],
    ["unauthorized: https://bob:hunter2@registry.example.com", "unauthorized: https://bob:***@registry.example.com"],
    ["unauthorized: password: hunter2", "unauthorized: password: ***"],
    ["token: failed token: hunter2", "token: failed token: ***"],
    ["the secret is denied1", "the secret is ***"],
    [
      "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj\n-----END PRIVATE KEY-----",
      "-----BEGIN PRIVATE KEY-----\n***\n-----END PRIVATE KEY-----",
    ],
  ] as const)
    it(`still hides ${JSON.stringify(shown)}`, () => expect(withoutSecrets(said)).to.equal(shown));

  it("holds no secret before or behind an error, wherever it is named", () => {
    const lead = fc.constantFrom(
      "",
      "open /srv/",
      "failed to authorize: ",
      "secrets is forbidden: ",
      'Get "https://x/',
    );
    const name = fc.constantFrom("password", "token", "server.key", "api-key", "auth", "credentials");
    const sign = fc.constantFrom("=", ": ", ":", '": "', "' : '");
    const value = fc.stringMatching(/^[a-z]{5}[0-9]{2}[a-z]{0,5}$/);
    const rest = fc.constantFrom(
      "",
      " permission denied",
      ": no such file or directory",
      "\nfailed to fetch token: EOF",
    );
    fc.assert(
      fc.property(lead, name, sign, value, rest, (before, named, by, secret, after) => {
        expect(withoutSecrets(`${before}${named}${by}${secret}${after}`)).not.to.contain(secret);
      }),
    );
  });

  it("takes time that grows with the length alone", () => {
    const milliseconds = (text: string) => {
      const start = performance.now();
      withoutSecrets(text);
      return performance.now() - start;
    };
    for (const part of [
      "key: ",
      "/key: no ",
      "token: failed ",
      "a/key",
      "key: no\t\t",
      "unauthorized: ",
      'key": a',
      "auth: EOF ",
    ])
      expect(milliseconds(part.repeat(20_000)), part).to.be.below(2_000);
  });

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
