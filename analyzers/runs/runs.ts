import { counted, listed, quoted } from "../../kube/sentences.ts";
import { cutAt, untrusted } from "../../kube/untrusted-text.ts";
import type { Analyzer } from "../analyzer.ts";
import { entryOf } from "../catalog.ts";
import type { Finding, ObjectRef } from "../finding.ts";
import { refusalVerdict } from "../sessions/refusals.ts";
import { fixOf } from "../verdict.ts";
import { knownErrors, recover } from "./run-errors.ts";
import { runOf } from "./run-log.ts";
import type { Run, RunError } from "./run-log.ts";

/** Logs of `pulumi up` and `helm`, where somebody gave them. */
export const runLogs: Analyzer = {
  area: "releases",
  title: "Runs of Pulumi and Helm end well",
  needs: [],
  analyze({ snapshot: { runs = [] } }) {
    return {
      checked: runs.length > 0 ? counted(runs.length, "log") : undefined,
      findings: runs.map((it) => runOf({ ...it, text: untrusted(it.text) })).flatMap(findingsOf),
    };
  },
};

function findingsOf(run: Run): Finding[] {
  return [...interrupted(run), ...run.errors.map((it) => errorFinding(run, it)), ...outdatedPlugins(run)];
}

/** An earlier run, by what this one says of it, or this one, by its end. */
function interrupted(run: Run): Finding[] {
  const { pending, errors, isCutOff, stack = "STACK", lastLine } = run;
  const object = { kind: "Stack", name: stack };
  const hit = errors.filter(({ name }) => name !== undefined && pending.includes(name));
  if (isCutOff)
    return [
      {
        code: "RunInterrupted",
        object,
        problem: `The log of stack ${stack} ends in the middle: the run was killed, or it still goes on.`,
        evidence: [{ ...at(run), value: `last line: ${cutAt(quoted(lastLine), 160)}` }],
        fix: [recover(stack)],
      },
    ];
  if (pending.length === 0) return [];
  return [
    {
      code: hit.length > 0 ? "RunInterrupted" : "OperationsPending",
      object,
      problem: `An earlier run of stack ${stack} was interrupted while it worked on ${listed(pending)}.`,
      evidence: [
        { ...at(run), value: `${counted(pending.length, "pending operation")} from previous deployment` },
        ...hit.map((it) => ({ ...at(run), value: quoted(it.message) })),
      ],
      fix: [recover(stack)],
      explains: hit.map((it) => ({ object: objectOf(run, it), because: "the earlier run was interrupted at it" })),
    },
  ];
}

function errorFinding(run: Run, error: RunError): Finding {
  const object = objectOf(run, error);
  const { stack = "STACK" } = run;
  const where = error.name === undefined ? "The run" : `${object.kind} ${object.name}`;
  const evidence = [{ ...at(run), value: quoted(error.message) }];
  const refused = refusalVerdict(error.message, { what: where, setIn: where });
  if (refused) return { code: refused.code, object, problem: refused.problem, evidence, fix: fixOf(refused) };
  const known = knownErrors.find(({ words }) => words.test(error.message));
  const [, named] = known?.words.exec(error.message) ?? [];
  const code = known?.code ?? "RunFailed";
  return {
    code,
    object,
    problem: `${where} has failed: ${quoted(error.message)}.`,
    evidence,
    fix: known ? known.fix({ stack, named }) : [{ text: entryOf("RunFailed").fix, risk: "manual" }],
  };
}

function outdatedPlugins(run: Run): Finding[] {
  const words = /resource plugin ([\w-]{1,60}) is expected to have version >=?([\w.-]{1,40}), but has ([\w.-]{1,40});/;
  const [said, name, wanted, has] = words.exec(run.log.text) ?? [];
  if (said === undefined || name === undefined) return [];
  return [
    {
      code: "PluginOutdated",
      object: { kind: "Plugin", name },
      problem: `Plugin ${name} has version ${has ?? ""}, and the program expects ${wanted ?? ""} or newer.`,
      evidence: [{ ...at(run), value: quoted(said) }],
      fix: [
        {
          text: "Install the expected version.",
          command: `pulumi plugin install resource ${name} ${wanted ?? ""}`,
          risk: "manual",
        },
      ],
    },
  ];
}

function objectOf({ stack, log }: Run, { kind, name }: RunError): ObjectRef {
  if (kind !== undefined && name !== undefined) return { kind, name };
  return stack === undefined ? { kind: "Log", name: log.name } : { kind: "Stack", name: stack };
}

function at({ log }: Run): { object: ObjectRef; field: string } {
  return { object: { kind: "Log", name: log.name }, field: "says" };
}
