import type { Attempt } from "./resolve.ts";
import { overrideVariable, type Tool } from "./tool.ts";

/** A tool that no place could give. */
export interface Unavailable {
  tool: Pick<Tool, "name" | "version">;
  /** In the order in which they were tried. */
  attempts: Attempt[];
  /** The end of a failed build's output. */
  buildOutput: string[];
}

/** Thrown with one message for all tools that could not be had. */
export class ToolsUnavailable extends Error {
  constructor(tools: Unavailable[]) {
    super(unavailableMessage(tools));
    this.name = "ToolsUnavailable";
  }
}

/** What was tried for each tool, in which order, with what outcome; the ways out; how the builds ended. */
export function unavailableMessage(tools: Unavailable[]): string {
  const tried = tools.map(({ tool, attempts }) => {
    const width = Math.max(...attempts.map(({ where }) => where.length));
    return [
      `${tool.name} ${tool.version} could not be provided. Tried, in this order:`,
      ...attempts.map(({ where, outcome }) => `  ${where.padEnd(width)}  ${outcome}`),
    ].join("\n");
  });
  const outputs = new Set(tools.map(({ buildOutput }) => buildOutput.map((line) => `  ${line}`).join("\n")));
  outputs.delete("");
  return [
    ...tried,
    ...[...outputs].map((output) => `The build ended with:\n${output}`),
    ["Any one of these helps:", ...waysOut(tools).map((way) => `  - ${way}`)].join("\n"),
  ].join("\n\n");
}

function waysOut(tools: Unavailable[]): string[] {
  const diskIsFull = tools.some(({ attempts }) => attempts.some(({ outcome }) => outcome === "the disk is full"));
  return [
    ...(diskIsFull ? ["free space, or KASM_VDI_CACHE, GOCACHE and GOMODCACHE on a larger disk"] : []),
    tools.map(({ tool }) => `${overrideVariable(tool)}=/path/to/${tool.name}`).join(" "),
    `${tools.map(({ tool }) => `${tool.name} ${tool.version}`).join(", ")} on PATH`,
    "Go 1.21 or newer on PATH, and the Go module proxy reachable (GOPROXY)",
    "an internet connection (HTTPS_PROXY is honoured) for the official downloads",
  ];
}
