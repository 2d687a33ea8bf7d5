import { execa } from "execa";
import { killedRun } from "./killed-run.ts";
import { interruptibleStack } from "./interruptible-stack.ts";
describe("try", () => {
  it("chain", async () => {
    const stack = await interruptibleStack();
    const run = async (cmd: string, ...a: string[]) => { const r = await execa(cmd, a, { cwd: stack.folder + "/program", reject: false, all: true, env: stack.env }); console.log("## " + cmd + " " + a.join(" ") + " " + r.exitCode + "\n" + r.all); };
    try {
      for (const [point, re] of [["namespace", /PATCH .*namespaces\/interrupted\?/], ["secret", /PATCH .*secrets\/interrupted\?/]] as const) {
          console.log("===", point);
          await killedRun({ begin: (env) => stack.pulumi(["up", "--yes", "--skip-preview"], env), victim: "all", moment: (r) => re.test(r.method + " " + r.path) && (console.log(r.method, r.path), true)});
          await run("kubectl", "get", "ns", "interrupted", "-o", "yaml", "--show-managed-fields");
          await stack.unlock();
          if (point === "namespace") await run("pulumi", "up", "--yes", "--skip-preview", "--stack", "test");
          if (point === "namespace") await run("pulumi", "destroy", "--yes", "--skip-preview", "--stack", "test");
          if (point === "namespace") await killedRun({ begin: (env) => stack.pulumi(["up", "--yes", "--skip-preview"], env), victim: "all", moment: (r) => /PATCH .*secrets\/interrupted\?/.test(r.method + " " + r.path) && (console.log(r.method, r.path), true)});
          else break;
          await stack.unlock();
          await run("node", "/work/wt/recover/recover/main.ts", "test", "--yes");
          await run("pulumi", "refresh", "--yes", "--skip-preview", "--stack", "test");
          break;
      }
    } finally { await stack.pulumi(["destroy", "--yes", "--skip-preview"]); stack.remove(); }
  });
});
