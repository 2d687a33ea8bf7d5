import { expect } from "chai";
import { secretFlow } from "../../../policy/rules/secret-flow.ts";
import { commandSecrets, configMapSecrets, podSecrets, releaseSecrets } from "../../../policy/rules/secrets.ts";
import { assignedSecrets, isLiteral, isSecretKey, secretsIn } from "../../../policy/secret-text.ts";
import { unknownValue } from "../../../policy/value.ts";
import { configMap, deployment, faults, release, resource, secret } from "./objects.ts";

const privateKey = `-----BEGIN PRIVATE KEY-----\n${"A".repeat(64)}\n-----END PRIVATE KEY-----\n`;
const command = (props: Record<string, unknown>, secrets?: string[]) =>
  resource("command:remote:Command", props, { secrets });

describe("the look for secrets in texts", () => {
  it("knows a secret by its key, and the name or path of one as something else", () => {
    for (const key of [
      "admin-password",
      "dbPassword",
      "service-token",
      "apiKey",
      "private_key",
      "TURN_SECRET",
      "static-auth-secret",
      "secret",
    ])
      expect(isSecretKey(key), key).to.equal(true);
    for (const key of [
      "secretName",
      "existingSecret",
      "imagePullSecret",
      "tokenPath",
      "passwordFile",
      "kasm-secrets",
      "publicKey",
    ])
      expect(isSecretKey(key), key).to.equal(false);
  });

  it("takes references, paths and flags for no literal", () => {
    for (const value of ["", "$(TOKEN)", '"$TOKEN"', "/run/token", "<token>", "{{ token }}", "false", "30"])
      expect(isLiteral(value), value).to.equal(false);
    expect(isLiteral("hunter22")).to.equal(true);
  });

  it("finds assignments of config files and command lines", () => {
    const files = [
      "static-auth-secret=hunter22",
      "password: hunter22",
      '{"a": 1, "password": "hunter22"}',
      "run --token hunter22 --fast",
      "TOKEN='hunter22' run",
    ];
    for (const file of files)
      expect(
        assignedSecrets(file).map(({ value }) => value),
        file,
      ).to.deep.equal(["hunter22"]);
  });

  it("leaves comments, references and code alone", () => {
    for (const file of ["# password=hunter22", "password=$(cat /run/password)", "automountServiceAccountToken: false"])
      expect(secretsIn(file), file).to.deep.equal([]);
    expect(secretsIn("const token = request.token;", true)).to.deep.equal([]);
  });

  it("finds a private key with its body, not the header that libraries look for", () => {
    expect(secretsIn(privateKey)).to.deep.equal(["a private key"]);
    expect(secretsIn('if (pem.startsWith("-----BEGIN PRIVATE KEY-----"))')).to.deep.equal([]);
  });

  it("finds a password in a URL", () => {
    expect(secretsIn("curl https://kasm:hunter22@example.com/")).to.deep.equal(["a URL with a password"]);
    expect(secretsIn("curl https://kasm:$PASSWORD@example.com/ http://[::1]:80/")).to.deep.equal([]);
  });

  it("never repeats a secret in what it says", () => {
    expect(secretsIn(`password=hunter22\n${privateKey}`).join()).not.to.match(/hunter22|AAAA/);
  });
});

describe("no-secrets-in-releases", () => {
  it("accepts references by name, and what is not known yet", () => {
    const values = {
      kasmSecrets: { create: false, name: "kasm-secrets" },
      tls: { secretName: "tls" },
      password: unknownValue,
      token: "",
    };
    expect(faults(releaseSecrets, release("kasm-helm", values))).to.deep.equal([]);
  });

  it("refuses a literal by its key, also in a list and in a text", () => {
    const values = { admin: { password: "hunter22" }, tokens: [{ token: "hunter22" }], extra: "password: hunter22" };
    expect(faults(releaseSecrets, release("kasm-helm", values))).to.deep.equal([
      "values.admin.password is a literal",
      "values.tokens.0.token is a literal",
      "values.extra holds password",
    ]);
  });

  it("refuses what the program itself marks as secret", () => {
    const marked = { ...release("kasm-helm", { a: "b" }), secrets: ["values.a", "metadata"] };
    expect(faults(releaseSecrets, marked)).to.deep.equal(["values.a is marked as secret"]);
  });
});

describe("no-secrets-in-config-maps", () => {
  it("accepts settings, scripts that read a secret, and a bundled program", () => {
    const data = {
      "turnserver.conf": "use-auth-secret\nrealm=a\n",
      "run.sh": "token=$(cat /run/token)\n",
      "main.js": "let token='abc';",
    };
    expect(faults(configMapSecrets, configMap(data))).to.deep.equal([]);
  });

  it("refuses literals, keys and what is marked as secret", () => {
    const data = { password: "hunter22", "turnserver.conf": "static-auth-secret=hunter22\n", "tls.key": privateKey };
    expect(faults(configMapSecrets, { ...configMap(data), secrets: ["data.password"] })).to.deep.equal([
      "data.password is marked as secret",
      "data.password is a literal",
      "data.turnserver.conf holds static-auth-secret",
      "data.tls.key holds a private key",
    ]);
  });
});

describe("no-secrets-in-commands", () => {
  it("accepts secrets by environment and stdin", () => {
    const props = {
      create: 'install --token "$TOKEN"',
      environment: { TOKEN: "hunter22" },
      stdin: "password=hunter22",
    };
    expect(faults(commandSecrets, command(props, ["environment.TOKEN", "stdin"]))).to.deep.equal([]);
  });

  it("refuses them in the text of create, update and delete", () => {
    expect(
      faults(commandSecrets, command({ create: "install --token hunter22", delete: "x" }, ["delete"])),
    ).to.deep.equal(["create holds token", "delete is marked as secret"]);
  });
});

describe("no-secrets-in-pod-specs", () => {
  const runs = (container: object) => deployment({ containers: [{ name: "web", ...container }] });

  it("accepts references to Secrets and files", () => {
    const env = [
      { name: "TOKEN", valueFrom: { secretKeyRef: { name: "a", key: "token" } } },
      { name: "TOKEN_FILE", value: "/run/token" },
      { name: "LEVEL", value: "info" },
    ];
    expect(faults(podSecrets, runs({ env, args: ["--token=$(TOKEN)"] }))).to.deep.equal([]);
  });

  it("refuses literals in environment and arguments", () => {
    const env = [{ name: "TOKEN", value: "hunter22" }];
    expect(faults(podSecrets, runs({ env, command: ["run"], args: ["--password", "hunter22"] }))).to.deep.equal([
      "container web has TOKEN as a literal",
      "the arguments of container web hold password",
    ]);
  });
});

describe("secrets-stay-in-secrets", () => {
  const source = secret({
    "db-password": "hunter22hunter22",
    "turn.conf": "static-auth-secret=swordfish1\n",
    user: "kasm-user-name",
  });

  it("accepts the name of a Secret, and a value that is no secret", () => {
    expect(faults(secretFlow, source, configMap({ secretName: "it", user: "kasm-user-name" }))).to.deep.equal([]);
  });

  it("follows a value wherever it goes, whatever the key there", () => {
    const leaks = [
      release("kasm-helm", { a: { b: "hunter22hunter22" } }),
      configMap({ url: "postgres://kasm:hunter22hunter22@db/" }),
      deployment({ containers: [{ name: "a", args: ["x=hunter22hunter22"] }] }),
      command({ create: "run hunter22hunter22" }),
      configMap({ text: "swordfish1" }),
    ];
    for (const leak of leaks) expect(faults(secretFlow, source, leak), leak.type).to.have.length(1);
    expect(faults(secretFlow, source, leaks[0]!)).to.deep.equal(["values.a.b holds db-password of Secret x"]);
  });

  it("reads a Secret's data as well, which is base64", () => {
    const encoded = resource("kubernetes:core/v1:Secret", { data: { token: btoa("hunter22hunter22") } });
    expect(faults(secretFlow, encoded, configMap({ a: "hunter22hunter22" }))).to.have.length(1);
  });

  it("leaves environment and stdin of commands out: that is the way they should go", () => {
    expect(faults(secretFlow, source, command({ create: "x", stdin: "hunter22hunter22" }))).to.deep.equal([]);
  });

  it("lets Traefik add one to requests, and have it nowhere else", () => {
    const middleware = (spec: object) => resource("kubernetes:traefik.io/v1alpha1:Middleware", { spec });
    const own = { "X-Own": "hunter22hunter22" };
    const adds = middleware({ headers: { customRequestHeaders: own } });
    expect(faults(secretFlow, source, adds)).to.deep.equal([]);
    for (const other of [
      middleware({ headers: { customResponseHeaders: own } }),
      configMap({ headers: { customRequestHeaders: own } }),
    ])
      expect(faults(secretFlow, source, other)).to.have.length(1);
  });

  it("waits for what is not known yet", () => {
    expect(faults(secretFlow, secret({ "db-password": unknownValue }), configMap({ a: unknownValue }))).to.deep.equal(
      [],
    );
  });
});
