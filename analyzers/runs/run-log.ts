import type { RunLog } from "../snapshot.ts";

/** What a log of `pulumi up` or of `helm` tells. */
export interface Run {
  readonly log: RunLog;
  /** Of Pulumi, where the log names it. */
  readonly stack: string | undefined;
  readonly errors: readonly RunError[];
  /** Resources that an earlier run was working on when it was interrupted, by their names in the program. */
  readonly pending: readonly string[];
  /** Ends without a summary and without an error. */
  readonly isCutOff: boolean;
  readonly lastLine: string;
}

export interface RunError {
  /** `Release`, the last part of its type; undefined for what concerns the whole run. */
  readonly kind?: string;
  /** Its name in the program: `kasm-release`. */
  readonly name?: string;
  readonly message: string;
}

const operation = /^(?:View Live|(?:Updating|Destroying|Refreshing|Importing|Previewing \w+) \(([^)\s]{1,100})\))/m;
const helmError =
  /^Error: (?:INSTALLATION|UPGRADE|UNINSTALL|ROLLBACK)|^Error: [^\n]{0,200}\b(?:helm|chart|release|Kubernetes cluster)\b/im;
const engineError = /^error: /m;

/** Whether a text is a log of Pulumi or Helm. */
export function isRunLog(text: string): boolean {
  return [operation, helmError, engineError].some((it) => it.test(text));
}

export function runOf(log: RunLog): Run {
  const { text } = log;
  const lines = text.split("\n").map((it) => it.trimEnd());
  const [, stack] = operation.exec(text) ?? [];
  const errors = unique([...diagnosticsIn(lines), ...wholeRunErrors(lines)]);
  const isPulumi = operation.test(text);
  const isOver = lines.some((it) => /^(?:Resources:|Duration: |error: )/.test(it));
  return {
    log,
    stack,
    errors: errors.length > 0 ? errors : unique(progressErrors(lines)),
    pending: lines.flatMap(
      (it) => /^\s*\* urn:pulumi:(\S+), interrupted while \w+$/.exec(it)?.[1]?.split("::").at(-1) ?? [],
    ),
    isCutOff: isPulumi && !isOver,
    lastLine: lines.findLast((it) => /\w/.test(it))?.trim() ?? "",
  };
}

/** The section `Diagnostics:`, resource by resource. */
function diagnosticsIn(lines: readonly string[]): RunError[] {
  const errors: RunError[] = [];
  let resource: Pick<RunError, "kind" | "name"> | undefined;
  let message: string[] | undefined;
  const close = () => {
    if (message) errors.push({ ...resource, message: message.join(" ") });
    message = undefined;
  };
  for (const line of lines.slice(lines.indexOf("Diagnostics:") + 1)) {
    if (!line.startsWith("  ")) {
      close();
      if (line !== "") resource = undefined;
      continue;
    }
    const [, type, name] = /^ {2}(\S+) \((.+)\):$/.exec(line) ?? [];
    if (type !== undefined && name !== undefined) {
      close();
      resource = type === stackType ? {} : { kind: type.split(":").at(-1) ?? type, name };
    } else if (resource && /^ {4}(?:error|warning): /.test(line)) {
      close();
      if (line.startsWith("    error: ")) message = [line.slice("    error: ".length)];
    } else if (message) message.push(line.trim());
  }
  close();
  return errors.filter(saysSomething);
}

/** What stands at the beginning of a line concerns the whole run; Helm begins with a capital. */
function wholeRunErrors(lines: readonly string[]): RunError[] {
  return lines
    .flatMap((it) => {
      const [, message] = /^[Ee]rror: (.+)$/.exec(it) ?? [];
      return message === undefined ? [] : [{ message }];
    })
    .filter(saysSomething);
}

/** Of a log that ends before its diagnostics: ` +  TYPE NAME **creating failed** error: ...`. */
function progressErrors(lines: readonly string[]): RunError[] {
  return lines
    .flatMap((line) => {
      const [before = "", ...after] = line.split(" error: ");
      const [type = "", name] = before.replace(/^[-+~>< ]+/, "").split(" ");
      if (after.length === 0 || name === undefined || !type.includes(":") || type === stackType) return [];
      return [{ kind: type.split(":").at(-1) ?? type, name, message: after.join(" error: ") }];
    })
    .filter(saysSomething);
}

const stackType = "pulumi:pulumi:Stack";

/** The engine's termination message only say that there were others. */
function saysSomething({ message }: RunError): boolean {
  return !/^(?:update|preview|destroy|refresh|import) failed$|^resource \S+ .{0,40}failed$/.test(message);
}

function unique(errors: readonly RunError[]): RunError[] {
  return [...new Map(errors.map((it) => [`${it.kind ?? ""} ${it.name ?? ""} ${it.message}`, it])).values()];
}
