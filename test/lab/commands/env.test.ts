import { execFileSync } from "node:child_process";
import { expect } from "chai";
import fc from "fast-check";

import { labLayout } from "../../../lab/cluster/layout.ts";
import { shellExports, shellQuote } from "../../../lab/commands/env.ts";

/** What a POSIX shell has in its variables after it evaluated the exports. */
function evaluated(checkout: string, names: string[]): string[] {
  const exports = shellExports(labLayout(checkout));
  const script = `eval "$1"; printf '%s\\0' ${names.map((name) => `"$${name}"`).join(" ")}`;
  const environment = { PATH: "/usr/bin:/bin" };
  return execFileSync("/bin/sh", ["-c", script, "sh", exports], { encoding: "utf8", env: environment })
    .split("\0")
    .slice(0, -1);
}

describe("lab env", () => {
  it("puts the lab's tools and the package's own programs first on PATH and keeps the rest", () => {
    expect(evaluated("/home/me/checkout", ["PATH"])).to.deep.equal([
      "/home/me/checkout/.lab/bin:/home/me/checkout/node_modules/.bin:/usr/bin:/bin",
    ]);
  });

  it("survives a checkout path full of shell syntax", () => {
    const checkout = `/tmp/it's "a" $(echo b) \`c\` $d \\ & ; * é`;
    expect(evaluated(checkout, ["KUBECONFIG", "PULUMI_CONFIG_PASSPHRASE_FILE", "PULUMI_BACKEND_URL"])).to.deep.equal([
      `${checkout}/.lab/kubeconfig`,
      `${checkout}/.lab/passphrase`,
      "file:///tmp/it's%20%22a%22%20$(echo%20b)%20%60c%60%20$d%20%5C%20&%20;%20*%20%C3%A9/.lab/state",
    ]);
  });

  it("prints assignments only, and no secret: the passphrase stays in its file", () => {
    const lines = shellExports(labLayout("/checkout")).split("\n");
    expect(lines.filter((line) => !/^export [A-Z_]+='/.test(line))).to.be.empty;
    expect(lines.filter((line) => line.includes("PASSPHRASE"))).to.deep.equal([
      "export PULUMI_CONFIG_PASSPHRASE_FILE='/checkout/.lab/passphrase'",
    ]);
  });

  it("quotes any text as one word that a shell gives back unchanged", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 30 }).filter((value) => !value.includes("\0"));
    const texts = fc.sample(text, 200);
    const script = `printf '%s\\0' ${texts.map(shellQuote).join(" ")}`;
    const answer = execFileSync("/bin/sh", ["-c", script], { encoding: "utf8" });
    expect(answer.split("\0").slice(0, -1)).to.deep.equal(texts);
  });
});
