import * as pulumi from "@pulumi/pulumi";
import { ConfigError, loadConfig } from "./config.ts";
import type { StackConfig } from "./config.ts";
import { platform } from "./platform.ts";

/** The stack that the engine asks for. @returns its outputs */
export function program() {
  return platform(readConfig());
}

function readConfig(): StackConfig {
  try {
    return loadConfig(pulumi.runtime.allConfig(), `Pulumi.${pulumi.getStack()}.yaml`);
  } catch (error) {
    // What a person can mend is told without a stack trace.
    throw error instanceof ConfigError ? new pulumi.RunError(error.message) : error;
  }
}
