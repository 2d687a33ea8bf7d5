import { check, namesOf } from "./check.ts";

/** Tools that people want beside the program: it brings its own Helm, and clones nothing. */
export const usefulTools = ["kubectl", "helm", "git"];

/** What is on the machine that runs `pulumi`. */
export const toolChecks = [
  check("tools", ["tools"], (_expected, { tools }) => {
    const missing = usefulTools.filter((tool) => !tools.includes(tool));
    if (missing.length === 0) return [];
    return [
      {
        level: "recommended",
        object: "this machine",
        problem: `${namesOf(missing)} ${missing.length === 1 ? "is" : "are"} not on its PATH`,
        fix: "The program needs none of them; install them for looking into the cluster by hand",
      },
    ];
  }),
];
