import { execa } from "execa";
import { killedRun } from "./killed-run.ts";
import { interruptibleStack } from "./interruptible-stack.ts";
describe("try", () => {
  it("chain", async () => {
    const stack = await interruptibleStack();
    const t = (s: string) => console.log(new Date().toISOString().slice(17), s);
    const tail = (s: string) =>
      s
        .split("\n")
        .filter((l) => /error|warning|Resources|created|updated|unchanged|deleted|recover|interrupted/i.test(l))
        .slice(-14)
        .map((l) => "      " + l.slice(0, 220))
        .join("\n");
    const recover = async (...a: string[]) => {
      const r = await execa("node", [`${"/work/wt/recover"}/recover/main.ts`, "test", ...a], {
        cwd: stack.folder + "/program",
        reject: false,
        all: true,
        env: stack.env,
      });
      t("recover " + r.exitCode + "\n" + r.all);
    };
    const up = async (env = {}) => {
      const r = await stack.pulumi(["up", "--yes", "--skip-preview"], env);
      t("up " + r.exitCode + "\n" + tail(r.all));
      return r;
    };
    try {
      for (const victim of (process.env.VICTIMS ?? "engine,plugin,all").split(",") as any) {
        for (const [point, re] of [
          ["namespace", /PATCH .*namespaces\/interrupted\?/],
          ["secret", /PATCH .*secrets\/interrupted\?/],
          ["deployment", /PATCH .*deployments\/interrupted\?/],
          ["release", /POST .*statefulsets/],
          ["gate", /GET .*statefulsets\/interrupted-chart/],
        ] as const) {
          t(`=== ${victim} at ${point}`);
          try {
            const said = await killedRun({
              begin: (env) => stack.pulumi(["up", "--yes", "--skip-preview"], env),
              victim,
              moment: (r) => re.test(r.method + " " + r.path),
              settled: async () => {
                await new Promise((r) => setTimeout(r, 3000));
              },
            });
            t("killed; said\n" + tail(said));
          } catch (e) {
            t("NOT KILLED " + tail(String(e)));
          }
          if (process.env.PATHS === "plain") {
            await stack.unlock();
            await up();
          } else {
            await up();
            await recover();
            await recover("--yes");
            await recover();
          }
        }
        t("final");
        await up();
        const r = await stack.pulumi(["preview", "--expect-no-changes"]);
        t("preview " + r.exitCode);
        const d = await stack.pulumi(["destroy", "--yes", "--skip-preview"]);
        t("destroy " + d.exitCode + tail(d.all));
      }
    } finally {
      stack.remove();
    }
  });
});
