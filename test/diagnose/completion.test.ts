import { expect } from "chai";
import { Command } from "commander";
import { execa } from "execa";
import { addCompletion, wordsOf } from "../../diagnose/commands/completion.ts";
import { addDiagnose } from "../../diagnose/commands/diagnose.ts";
import { addExplain } from "../../diagnose/commands/explain.ts";
import { bashScript } from "../../diagnose/completion/bash.ts";
import { fishScript } from "../../diagnose/completion/fish.ts";
import { zshScript } from "../../diagnose/completion/zsh.ts";

const program = new Command("kasm-vdi");
for (const add of [addDiagnose, addExplain, addCompletion]) add(program);
const words = wordsOf(program);

async function completed(...typed: string[]): Promise<string[]> {
  const line = ["kasm-vdi", ...typed].map((it) => `'${it}'`).join(" ");
  const ask = `COMP_WORDS=(${line}); COMP_CWORD=${typed.length}; _kasm_vdi; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await execa("bash", ["--norc", "-c", `${bashScript(words)}\n${ask}`]);
  return stdout.split("\n").filter(Boolean);
}

describe("completion in bash", () => {
  it("knows commands, options, their values and codes", async () => {
    expect(await completed("di")).to.deep.equal(["diagnose"]);
    expect(await completed("diagnose", "--dis")).to.deep.equal(["--disable-check"]);
    expect(await completed("diagnose", "-o", "js")).to.deep.equal(["json"]);
    expect(await completed("diagnose", "--fail-on", "")).to.deep.equal(["warn", "fail"]);
    expect(await completed("explain", "ImageNotF")).to.deep.equal(["ImageNotFound"]);
    expect(await completed("completion", "z")).to.deep.equal(["zsh"]);
  });
});

for (const [shell, script] of [
  ["bash", bashScript],
  ["zsh", zshScript],
  ["fish", fishScript],
] as const)
  describe(`the script for ${shell}`, () => {
    it("has every option of every command", () => {
      const text = script(words);
      const flags = words.commands.flatMap(({ options }) => options.map(({ flag }) => flag));
      const spelled = (flag: string) => (shell === "fish" ? `-l ${flag.slice(2)}` : flag);
      expect(flags.filter((flag) => !text.includes(spelled(flag)))).to.deep.equal([]);
    });
  });
