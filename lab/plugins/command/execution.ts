import { StringDecoder } from "node:string_decoder";

import { status, StatusError } from "../rpc/errors.ts";
import { redact } from "./redact.ts";

/** One run of one command, ready to go: everything revealed, nothing unknown. */
export interface Execution {
  /** Which of the resource's commands this is, for messages. */
  purpose: "create" | "update" | "delete" | "run";
  command: string;
  environment: Record<string, string>;
  /** stdout and stderr of the run before, as PULUMI_COMMAND_STDOUT and PULUMI_COMMAND_STDERR. */
  previous: Record<string, string>;
  stdin: string | undefined;
  logging: string;
  /** Texts that no log and no error may show. */
  secrets: string[];
}

/** How a run speaks while it lasts. */
export interface Session {
  signal: AbortSignal;
  stdout: (chunk: Buffer) => void;
  stderr: (chunk: Buffer) => void;
  /** One line beside the resource. */
  status: (line: string) => void;
  warning: (line: string) => void;
}

/** How a command ended: an exit code, or the signal that ended it. */
export interface Ending {
  code: number | null;
  signal: string | null;
}

export type Runner = (execution: Execution, session: Session) => Promise<Ending>;

export interface Output {
  stdout: string;
  stderr: string;
}

const tailLines = 20;

/**
 * Runs a command and returns what it wrote, each without its last line break.
 * @throws StatusError with the exit code and the last lines, when it fails, is cancelled or takes too long.
 */
export async function execute(
  run: Runner,
  execution: Execution,
  io: Pick<Session, "signal" | "status" | "warning"> & { timeoutSeconds: number | undefined },
): Promise<Output> {
  const { secrets, logging } = execution;
  const show = (line: string) => io.status(redact(line, secrets));
  const both: Buffer[] = [];
  const stdout = collect(both, logging === "stdoutAndStderr" || logging === "stdout" ? show : undefined);
  const stderr = collect(both, logging === "stdoutAndStderr" || logging === "stderr" ? show : undefined);
  const timeout = io.timeoutSeconds === undefined ? [] : [AbortSignal.timeout(io.timeoutSeconds * 1000)];
  const signal = AbortSignal.any([io.signal, ...timeout]);

  const failed = (why: string) => {
    const tail = Buffer.concat(both).toString("utf8").trimEnd().split("\n").slice(-tailLines).join("\n");
    return redact(
      `the ${execution.purpose} command ${why}: ${firstLine(execution.command)}\n${tail}`.trimEnd(),
      secrets,
    );
  };
  let ending: Ending;
  try {
    ending = await run(execution, {
      signal,
      stdout: stdout.add,
      stderr: stderr.add,
      status: show,
      warning: io.warning,
    });
  } catch (error) {
    if (!signal.aborted) throw new StatusError(status.UNKNOWN, failed(`could not run (${messageOf(error)})`));
    ending = { code: null, signal: null };
  }
  stdout.end();
  stderr.end();
  if (io.signal.aborted) throw new StatusError(status.CANCELLED, failed("was cancelled"));
  if (signal.aborted) {
    throw new StatusError(
      status.DEADLINE_EXCEEDED,
      failed(`did not end within ${String(io.timeoutSeconds)} s and was stopped`),
    );
  }
  if (ending.code !== 0) {
    const how =
      ending.code === null ? `was ended by ${ending.signal ?? "the other side"}` : `exited with code ${ending.code}`;
    throw new StatusError(status.UNKNOWN, failed(how));
  }
  return { stdout: stdout.text(), stderr: stderr.text() };
}

function collect(both: Buffer[], show: ((line: string) => void) | undefined) {
  const chunks: Buffer[] = [];
  const decoder = new StringDecoder("utf8");
  let rest = "";
  return {
    add: (chunk: Buffer) => {
      chunks.push(chunk);
      both.push(chunk);
      const lines = (rest + decoder.write(chunk)).split("\n");
      rest = lines.pop() ?? "";
      lines.forEach((line) => show?.(line));
    },
    end: () => {
      if (rest !== "") show?.(rest);
    },
    text: () => Buffer.concat(chunks).toString("utf8").replace(/\n$/, ""),
  };
}

function firstLine(command: string): string {
  const line = command.trim().split("\n", 1)[0] ?? "";
  return line.length > 200 ? `${line.slice(0, 200)}...` : line;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
