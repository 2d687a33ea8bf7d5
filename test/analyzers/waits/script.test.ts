import { expect } from "chai";
import fc from "fast-check";
import { awaitedBy } from "../../../analyzers/waits/script.ts";
import type { Container } from "../../../kube/kinds.ts";

const sh = (script: string, env: Container["env"] = []): Container => ({
  name: "any-name",
  command: ["/bin/sh", "-c"],
  args: [script],
  env,
});
const host = { name: "POSTGRES_HOST", value: "kasm-db" };

/** `http kasm-api:8080` */
function told(container: Container): string {
  const found = awaitedBy(container);
  return found ? `${found.kind} ${found.host}${found.port === undefined ? "" : `:${found.port}`}` : "nothing";
}

describe("what an init container waits for", () => {
  for (const [what, container, expected] of [
    [
      "a URL that curl asks",
      sh("while ! curl http://kasm-api-default:8080/api/__healthcheck; do sleep 5; done"),
      "http kasm-api-default:8080",
    ],
    ["a URL without a port", sh("until wget -qO- https://kasm-proxy/; do sleep 1; done"), "http kasm-proxy:443"],
    [
      "a URL in quotes",
      sh(`until curl -fs "http://kasm-manager-default:8181/__healthcheck"; do sleep 5; done`),
      "http kasm-manager-default:8181",
    ],
    [
      "a URL with a variable",
      sh("until curl http://${POSTGRES_HOST}:8080/; do sleep 1; done", [host]),
      "http kasm-db:8080",
    ],
    ["a host by option", sh("while ! pg_isready -h kasm-db -p 5433; do sleep 5; done"), "database kasm-db:5433"],
    [
      "a host by long option",
      sh("until pg_isready --host=kasm-db --port 5432; do sleep 5; done"),
      "database kasm-db:5432",
    ],
    ["a host by environment", sh("until pg_isready; do sleep 5; done", [host]), "database kasm-db:5432"],
    ["rows of a table", sh("until psql -h kasm-db -c 'select * from zones'; do sleep 5; done"), "schema kasm-db:5432"],
    ["alembic's head", sh("until alembic current | grep head; do sleep 5; done", [host]), "schema kasm-db:5432"],
    ["a port by nc", sh("until nc -z kasm-redis 6379; do sleep 2; done"), "port kasm-redis:6379"],
    ["a port by the shell", sh("until (echo > /dev/tcp/kasm-db/5432); do sleep 1; done"), "port kasm-db:5432"],
    ["a name", sh("until nslookup kasm-db; do sleep 2; done"), "name kasm-db"],
    ["itself", sh("until curl http://localhost:8080; do sleep 1; done"), "nothing"],
    [
      "a database whose host was hidden",
      sh("until pg_isready; do sleep 5; done", [{ name: "POSTGRES_HOST", value: "***" }]),
      "nothing",
    ],
    ["nothing", sh("chown -R 1000:1000 /run"), "nothing"],
  ] as const)
    it(`is read from its script: ${what}`, () => {
      expect(told(container)).to.equal(expected);
    });

  it("is never an error, whatever the script says", () => {
    fc.assert(fc.property(fc.string({ maxLength: 300 }), (script) => void awaitedBy(sh(script, [host]))));
  });

  it("is found in linear time in a script that was made to be slow", () => {
    const slow = ["http://", "${", "/dev/tcp/a", "-h ", "nc "].map((it) => it.repeat(20_000)).join(" ");
    const begun = performance.now();
    awaitedBy(sh(slow));
    expect(performance.now() - begun).to.be.below(500);
  });
});
