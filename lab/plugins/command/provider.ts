import { randomBytes } from "node:crypto";

import type { Json, PropertyMap } from "../rpc/property.ts";
import { containsSecret, isSecret, secret, toJson, Unknown } from "../rpc/property.ts";
import type { Call, ResourceProvider } from "../rpc/provider.ts";
import { status, StatusError } from "../rpc/errors.ts";
import { diffInputs } from "./diff.ts";
import type { Execution, Output, Runner } from "./execution.ts";
import { execute } from "./execution.ts";
import type { Fields } from "./inputs.ts";
import { checkInputs, localFields, remoteFields, runFields } from "./inputs.ts";
import { localRunner } from "./local.ts";
import { secretTexts } from "./redact.ts";

type Settings = { [name: string]: Json };

interface CommandKind {
  fields: Fields;
  runner: (settings: Settings) => Promise<Runner>;
}

const kinds: Record<string, CommandKind> = {
  "command:local:Command": { fields: localFields, runner: (settings) => Promise.resolve(local(settings)) },
  "command:remote:Command": {
    fields: remoteFields,
    // ssh2 takes a third of the start-up time, and most programs run nothing remotely.
    runner: async (settings) => (await import("./remote.ts")).remoteRunner(settings.connection),
  },
};

/**
 * Stand-in for @pulumi/command: local and remote commands with the official plugin's inputs, outputs and rules (pulumi-command 1.2.1).
 * Beyond it: output of commands with secret inputs is secret in state, and secrets are cut out of logs and errors.
 */
export const commandProvider: ResourceProvider = {
  name: "command",
  version: "1.2.1",

  checkConfig: ({ news }) => ({ inputs: news }),
  diffConfig: () => ({ changes: false }),
  check: ({ type, news }) => checkInputs(kindOf(type).fields, news),
  diff: ({ oldInputs, news }) => diffInputs(oldInputs, news),
  read: ({ id, properties, inputs }) => ({ id, properties, inputs }),

  async create({ type, name, properties, preview, timeoutSeconds }, call) {
    if (preview) return { id: "", properties: unknownState(properties) };
    const id = `${name}${randomBytes(4).toString("hex")}`;
    const output = await runStep(kindOf(type), "create", properties, {}, { call, timeoutSeconds });
    return { id, properties: stateOf(properties, output) };
  },

  async update({ type, news, olds, preview, timeoutSeconds }, call) {
    if (preview) return { properties: unknownState(news) };
    const output = await runStep(kindOf(type), "update", news, olds, { call, timeoutSeconds });
    return { properties: stateOf(news, output) };
  },

  async delete({ type, properties, timeoutSeconds }, call) {
    await runStep(kindOf(type), "delete", properties, properties, { call, timeoutSeconds });
  },

  async invoke({ token, args }, call) {
    if (token !== "command:local:run") throw unsupported(token);
    const { inputs, failures = [] } = checkInputs(runFields, args);
    if (failures.length > 0) return { result: {}, failures };
    const output = await runStep(
      { fields: runFields, runner: kindOf("command:local:Command").runner },
      "run",
      inputs,
      {},
      { call },
    );
    return { result: stateOf(inputs, output) };
  },
};

/** Runs the step's command if there is one; without `update`, a change runs `create` again. */
async function runStep(
  kind: CommandKind,
  purpose: Execution["purpose"],
  properties: PropertyMap,
  olds: PropertyMap,
  { call, timeoutSeconds }: { call: Call; timeoutSeconds?: number | undefined },
): Promise<Output> {
  const settings = toJson(onlyInputs(kind, properties));
  const before = { stdout: text(toJson(olds.stdout ?? "")) ?? "", stderr: text(toJson(olds.stderr ?? "")) ?? "" };
  const command = text(commandFor(purpose, settings));
  if (command === undefined) return before;

  const execution: Execution = {
    purpose,
    command,
    environment: (settings.environment ?? {}) as Record<string, string>,
    previous: settings.addPreviousOutputInEnv === false ? {} : previousOutput(before),
    stdin: text(settings.stdin),
    logging: text(settings.logging) ?? "stdoutAndStderr",
    secrets: secretTexts(withOpenConnection(properties), olds.stdout ?? null, olds.stderr ?? null),
  };
  const runner = await kind.runner(settings);
  return execute(runner, execution, {
    signal: call.signal,
    status: call.status,
    warning: call.log.warning,
    timeoutSeconds,
  });
}

/** State keeps a connection secret as a whole, but its host and user belong into messages; its credentials are marked on their own. */
function withOpenConnection(properties: PropertyMap): PropertyMap {
  const { connection } = properties;
  return isSecret(connection) ? { ...properties, connection: connection.value } : properties;
}

function commandFor(purpose: Execution["purpose"], settings: Settings): Json | undefined {
  if (purpose === "run") return settings.command;
  if (purpose === "update") return settings.update ?? settings.create;
  return settings[purpose];
}

function local(settings: Settings): Runner {
  const interpreter = settings.interpreter as string[] | undefined;
  return localRunner({ interpreter, dir: text(settings.dir) });
}

function onlyInputs(kind: CommandKind, properties: PropertyMap): PropertyMap {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => name in kind.fields));
}

function previousOutput({ stdout, stderr }: Output): Record<string, string> {
  return {
    ...(stdout === "" ? {} : { PULUMI_COMMAND_STDOUT: stdout }),
    ...(stderr === "" ? {} : { PULUMI_COMMAND_STDERR: stderr }),
  };
}

function stateOf(inputs: PropertyMap, { stdout, stderr }: Output): PropertyMap {
  const mark = hasSecretOutput(inputs) ? secret : (output: string) => output;
  return { ...inputs, stdout: mark(stdout), stderr: mark(stderr) };
}

function unknownState(inputs: PropertyMap): PropertyMap {
  const output = hasSecretOutput(inputs) ? secret(new Unknown()) : new Unknown();
  return { ...inputs, stdout: output, stderr: output };
}

/** Whatever a command is given it may print. The connection is not given to it. */
function hasSecretOutput(inputs: PropertyMap): boolean {
  return ["create", "update", "command", "environment", "stdin"].some((name) => containsSecret(inputs[name]));
}

function text(value: Json | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function kindOf(type: string): CommandKind {
  const kind = kinds[type];
  if (kind === undefined) throw unsupported(type);
  return kind;
}

function unsupported(token: string): StatusError {
  const offered = [...Object.keys(kinds), "command:local:run"].join(", ");
  return new StatusError(
    status.UNIMPLEMENTED,
    `the lab's stand-in for @pulumi/command does not have ${token}; it has ${offered}`,
  );
}
